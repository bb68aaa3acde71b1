// A small C++ client that goes once through what clients need: a machine, two remote threads and an interrupt, the details of an
// error, and the stream of events to its end. smoke ADDRESS; build it as docs/clients.md says.

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "uintr/v1/event_service.grpc.pb.h"
#include "uintr/v1/guest.grpc.pb.h"
#include "uintr/v1/machine.grpc.pb.h"
#include "uintr/v1/uintr.grpc.pb.h"

using namespace uintr::v1;

/** ErrorInfo.reason of a failed call; empty where the status does not come from uintrd. */
static std::string reason_of(const grpc::Status &status) {
  google::rpc::Status details;
  details.ParseFromString(status.error_details());
  for (const auto &any : details.details()) {
    google::rpc::ErrorInfo info;
    if (any.Is<google::rpc::ErrorInfo>() && any.UnpackTo(&info)) return info.reason();
  }
  return "";
}

[[noreturn]] static void fail(const std::string &what) {
  std::cerr << "smoke: " << what << std::endl;
  exit(1);
}

template <class Stub, class Request, class Response>
static grpc::Status attempt(Stub &stub, grpc::Status (Stub::*method)(grpc::ClientContext *, const Request &, Response *),
                            const Request &request, Response *response) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
  return (stub.*method)(&context, request, response);
}

template <class Stub, class Request, class Response>
static Response call(Stub &stub, grpc::Status (Stub::*method)(grpc::ClientContext *, const Request &, Response *),
                     const Request &request) {
  Response response;
  const auto status = attempt(stub, method, request, &response);
  if (!status.ok()) fail(reason_of(status) + ": " + status.error_message());
  return response;
}

static std::string remote_thread(GuestService::Stub &guest, const std::string &machine, uint32_t affinity) {
  CreateRemoteThreadRequest request;
  request.set_parent(machine);
  request.set_affinity(affinity);
  return call(guest, &GuestService::Stub::CreateRemoteThread, request).thread().name();
}

/** Two threads, one interrupt. */
static void interrupt(GuestService::Stub &guest, UintrService::Stub &uintr, const std::string &machine) {
  const auto receiver = remote_thread(guest, machine, 1), sender = remote_thread(guest, machine, 2);
  RegisterHandlerRequest handler;
  handler.set_thread(receiver);
  call(uintr, &UintrService::Stub::RegisterHandler, handler);
  CreateVectorFdRequest vector;
  vector.set_thread(receiver);
  vector.set_vector(63);
  const auto fd = call(uintr, &UintrService::Stub::CreateVectorFd, vector);
  RegisterSenderRequest registration;
  registration.set_thread(sender);
  registration.set_vector_fd(fd.vector_fd());
  const auto entry = call(uintr, &UintrService::Stub::RegisterSender, registration);
  SendUipiRequest send;
  send.set_thread(sender);
  send.set_uitt_index(entry.uitt_index());
  const auto sent = call(uintr, &UintrService::Stub::SendUipi, send);
  WaitForInterruptRequest wait;
  wait.set_thread(receiver);
  const auto taken = call(uintr, &UintrService::Stub::WaitForInterrupt, wait);
  if (taken.outcome() != WaitForInterruptResponse::OUTCOME_INTERRUPT) fail("no interrupt");
  std::cout << "vector " << taken.interrupt().vector() << " after " << taken.interrupt().cycle() - sent.times().start_cycle()
            << " cycles" << std::endl;
}

/** Every event so far, numbered without gaps; then the stream's end when the machine is deleted. */
static void events(EventService::Stub &service, MachineService::Stub &machines, const std::string &machine) {
  GetMachineStatsRequest stats;
  stats.set_name(machine);
  const auto recorded = call(machines, &MachineService::Stub::GetMachineStats, stats).events();
  grpc::ClientContext context;
  StreamEventsRequest request;
  request.set_parent(machine);
  const auto reader = service.StreamEvents(&context, request);
  StreamEventsResponse response;
  uint64_t last = 0;
  while (last < recorded && reader->Read(&response))
    for (const auto &event : response.events())
      if (event.sequence() != ++last) fail("a gap in the events");
  DeleteMachineRequest deletion;
  deletion.set_name(machine);
  call(machines, &MachineService::Stub::DeleteMachine, deletion);
  while (reader->Read(&response)) last = response.next_sequence() - 1;
  const auto status = reader->Finish();
  if (!status.ok() || last < recorded) fail("the stream of events ended early: " + status.error_message());
  std::cout << "events without a gap" << std::endl;
}

int main(int argc, char **argv) {
  if (argc != 2) fail("usage: smoke ADDRESS");
  const auto channel = grpc::CreateChannel(argv[1], grpc::InsecureChannelCredentials());
  MachineService::Stub machines(channel);
  GuestService::Stub guest(channel);
  UintrService::Stub uintr(channel);
  EventService::Stub event_service(channel);

  GetMachineRequest wild;
  wild.set_name("projects/default/machines/none");
  GetMachineResponse nothing;
  const auto status = attempt(machines, &MachineService::Stub::GetMachine, wild, &nothing);
  std::cout << "reason " << reason_of(status) << std::endl;

  CreateMachineRequest creation;
  creation.set_parent("projects/default");
  creation.mutable_machine()->mutable_spec()->set_time_mode(TIME_MODE_LOCKSTEP);
  const auto machine = call(machines, &MachineService::Stub::CreateMachine, creation).machine().name();
  interrupt(guest, uintr, machine);
  events(event_service, machines, machine);
  return 0;
}
