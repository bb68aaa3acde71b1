// A gRPC client that costs little: calls any method with bytes as they are, so it needs no generated code.
//   driver unary ENDPOINT /SERVICE/METHOD REQUEST_HEX IN_FLIGHT SECONDS
//     keeps IN_FLIGHT calls going; prints {"calls","errors","seconds","median_us","p99_us","response_bytes"}
//   driver stream ENDPOINT /SERVICE/METHOD REQUEST_HEX CALLS
//     CALLS server streams, read to their ends; prints "open" when each has its first message, then {"messages","bytes","errors"}
//   driver stall ENDPOINT /SERVICE/METHOD REQUEST_HEX
//     one server stream; prints "open" after its first message and then reads no more until standard input ends

#include <grpcpp/grpcpp.h>
#include <grpcpp/generic/generic_stub.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

using Clock = std::chrono::steady_clock;
using grpc::ByteBuffer;
using grpc::Status;

static ByteBuffer bytes_of(const std::string &hex) {
  std::string bytes;
  for (size_t at = 0; at + 1 < hex.size(); at += 2) bytes.push_back(static_cast<char>(std::stoi(hex.substr(at, 2), nullptr, 16)));
  grpc::Slice slice(bytes);
  return ByteBuffer(&slice, 1);
}

struct UnaryCall {
  std::unique_ptr<grpc::ClientContext> context;
  std::unique_ptr<grpc::GenericClientAsyncResponseReader> reader;
  ByteBuffer response;
  Status status;
  Clock::time_point start;
};

static int unary(grpc::GenericStub &stub, const std::string &method, const ByteBuffer &request, int in_flight, double seconds) {
  grpc::CompletionQueue queue;
  std::vector<UnaryCall> calls(in_flight);
  std::vector<float> times;
  times.reserve(1 << 20);
  long errors = 0;
  size_t response_bytes = 0;
  std::string first_error;
  auto begin = [&](UnaryCall &call) {
    call.context = std::make_unique<grpc::ClientContext>();
    call.response.Clear();
    call.start = Clock::now();
    call.reader = stub.PrepareUnaryCall(call.context.get(), method, request, &queue);
    call.reader->StartCall();
    call.reader->Finish(&call.response, &call.status, &call);
  };
  const auto start = Clock::now();
  const auto end = start + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  for (auto &call : calls) begin(call);
  int running = in_flight;
  void *tag;
  bool ok;
  Clock::time_point now = start;
  while (running > 0 && queue.Next(&tag, &ok)) {
    auto &call = *static_cast<UnaryCall *>(tag);
    now = Clock::now();
    if (call.status.ok()) {
      response_bytes = call.response.Length();
      times.push_back(std::chrono::duration<float, std::micro>(now - call.start).count());
    } else if (errors++ == 0) {
      first_error = call.status.error_message();
    }
    if (now < end && errors < 100) begin(call);
    else running--;
  }
  queue.Shutdown();
  while (queue.Next(&tag, &ok)) continue;
  if (errors > 0) fprintf(stderr, "driver: %ld calls failed: %s\n", errors, first_error.c_str());
  const size_t count = times.size();
  auto quantile = [&](double part) -> double {
    if (count == 0) return 0;
    const size_t at = std::min(count - 1, static_cast<size_t>(part * count));
    std::nth_element(times.begin(), times.begin() + at, times.end());
    return times[at];
  };
  printf("{\"calls\":%zu,\"errors\":%ld,\"seconds\":%.6f,\"median_us\":%.1f,\"p99_us\":%.1f,\"response_bytes\":%zu}\n", count, errors,
         std::chrono::duration<double>(now - start).count(), quantile(0.5), quantile(0.99), response_bytes);
  return 0;
}

struct StreamCall {
  grpc::ClientContext context;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> stream;
  ByteBuffer message;
  Status status;
  enum { starting, writing, reading, finishing } step = starting;
  long messages = 0;
};

static int stream(grpc::GenericStub &stub, const std::string &method, const ByteBuffer &request, int count, bool stall) {
  grpc::CompletionQueue queue;
  std::vector<std::unique_ptr<StreamCall>> calls;
  for (int n = 0; n < count; n++) {
    auto call = std::make_unique<StreamCall>();
    call->stream = stub.PrepareCall(&call->context, method, &queue);
    call->stream->StartCall(call.get());
    calls.push_back(std::move(call));
  }
  long messages = 0, bytes = 0, errors = 0;
  int open = 0, running = count;
  void *tag;
  bool ok;
  while (running > 0 && queue.Next(&tag, &ok)) {
    auto &call = *static_cast<StreamCall *>(tag);
    if (call.step == StreamCall::finishing) {
      running--;
      if (!stall && !call.status.ok() && errors++ == 0) fprintf(stderr, "driver: %s\n", call.status.error_message().c_str());
      continue;
    }
    if (!ok) {
      call.step = StreamCall::finishing;
      call.stream->Finish(&call.status, &call);
      continue;
    }
    if (call.step == StreamCall::starting) {
      call.step = StreamCall::writing;
      call.stream->WriteLast(request, grpc::WriteOptions(), &call);
      continue;
    }
    if (call.step == StreamCall::reading) {
      messages++;
      bytes += static_cast<long>(call.message.Length());
      if (call.messages++ == 0 && ++open == count) {
        printf("open\n");
        fflush(stdout);
        if (stall) {
          while (getchar() != EOF) continue;
          call.context.TryCancel();
        }
      }
    }
    call.step = StreamCall::reading;
    call.stream->Read(&call.message, &call);
  }
  queue.Shutdown();
  while (queue.Next(&tag, &ok)) continue;
  if (!stall) printf("{\"messages\":%ld,\"bytes\":%ld,\"errors\":%ld}\n", messages, bytes, errors);
  return 0;
}

int main(int argc, char **argv) {
  if (argc < 5) {
    fprintf(stderr, "usage: driver unary|stream|stall ENDPOINT METHOD REQUEST_HEX [...]\n");
    return 2;
  }
  const std::string mode = argv[1];
  grpc::ChannelArguments settings;
  settings.SetMaxReceiveMessageSize(-1);
  settings.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  auto channel = grpc::CreateCustomChannel(argv[2], grpc::InsecureChannelCredentials(), settings);
  if (!channel->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(10))) {
    fprintf(stderr, "driver: no connection to %s\n", argv[2]);
    return 1;
  }
  grpc::GenericStub stub(channel);
  const ByteBuffer request = bytes_of(argv[4]);
  if (mode == "unary" && argc == 7) return unary(stub, argv[3], request, atoi(argv[5]), atof(argv[6]));
  if (mode == "stream" && argc == 6) return stream(stub, argv[3], request, atoi(argv[5]), false);
  if (mode == "stall" && argc == 5) return stream(stub, argv[3], request, 1, true);
  fprintf(stderr, "driver: %s takes other arguments\n", mode.c_str());
  return 2;
}
