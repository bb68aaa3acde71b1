// Dynamically linked programs with the dynamic linker and libraries of this host, natively and in a machine: equal output and exit code.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { CpuLevel } from '../../src/machine/machine-spec.ts';
import { have, hostFile, inMachine, natively, rootOf } from './beside.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'uintrd-dynamic-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function compile(name: string, source: string, ...options: readonly string[]): string {
  const compiler = options.includes('-lstdc++') ? 'c++' : 'c';
  execFileSync('gcc', ['-x', compiler, '-', '-x', 'none', '-o', join(folder, name), ...options], { input: source, cwd: folder });
  return join(folder, name);
}

const HELLO = `#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(int argc, char **argv) {
  char text[64];
  memset(text, 0, sizeof text);
  strcpy(text, argc > 1 ? argv[1] : "nobody");
  printf("hello, %s: %zu %.3f %s\\n", text, strlen(text), 1.0 / 3, getenv("T") ? "T" : "-");
  fprintf(stderr, "to stderr\\n");
  return 3;
}`;

const CPLUSPLUS = `#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>
struct Global { Global() { std::cout << "constructed\\n"; } ~Global() { std::cout << "destroyed\\n"; } } global;
thread_local int per_thread = 5;
struct Base { virtual ~Base() = default; virtual int value() const { return 1; } };
struct Derived : Base { int value() const override { return 2; } };
int main() {
  std::map<std::string, int> counts;
  for (auto word : {"b", "a", "b"}) counts[word]++;
  for (auto &[word, count] : counts) std::cout << word << '=' << count << '\\n';
  try { std::vector<int>(3).at(7); } catch (const std::out_of_range &error) { std::cout << "caught: " << error.what() << '\\n'; }
  std::unique_ptr<Base> base = std::make_unique<Derived>();
  std::cout << base->value() << ' ' << (dynamic_cast<Derived *>(base.get()) != nullptr) << '\\n';
  std::mutex mutex; int sum = 0;
  std::vector<std::thread> threads;
  for (int n = 0; n < 4; n++) threads.emplace_back([&, n] { per_thread += n; std::lock_guard lock(mutex); sum += per_thread; });
  for (auto &thread : threads) thread.join();
  std::cout << sum << ' ' << per_thread << std::endl;
  throw std::runtime_error("not caught");
}`;

const PLUGIN = `#include <stdio.h>
__thread int counter = 40;
__thread char large[100000];
__attribute__((constructor)) static void begin(void) { puts("plugin begins"); }
__attribute__((destructor)) static void end(void) { puts("plugin ends"); }
int count(void) { large[99999]++; return ++counter + large[99999]; }`;

const LOADER = `#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
static int (*count)(void);
static void *thread(void *unused) { printf("thread %d %d\\n", count(), count()); return unused; }
int main(int argc, char **argv) {
  void *plugin = dlopen(argv[1], RTLD_NOW);
  if (!plugin) { printf("dlopen: %s\\n", dlerror()); return 1; }
  count = (int (*)(void))dlsym(plugin, "count");
  printf("main %d\\n", count());
  pthread_t other;
  pthread_create(&other, NULL, thread, NULL);
  pthread_join(other, NULL);
  printf("main %d, %s\\n", count(), dlsym(plugin, "absent") ? "found" : "not found");
  Dl_info info;
  printf("%s\\n", dladdr((void *)count, &info) ? info.dli_sname : "?");
  printf("closed %d\\n", dlclose(plugin));
  return 0;
}`;

const CANCELLED = `#include <pthread.h>
#include <stdio.h>
#include <unistd.h>
static void cleaned(void *what) { printf("cleaned %s\\n", (char *)what); }
static void *waits(void *unused) { pthread_cleanup_push(cleaned, "up"); pause(); pthread_cleanup_pop(0); return unused; }
static void *leaves(void *unused) { pthread_cleanup_push(cleaned, "away"); pthread_exit(unused); pthread_cleanup_pop(0); }
int main(void) {
  pthread_t thread;
  void *result;
  pthread_create(&thread, NULL, waits, NULL);
  pthread_cancel(thread);
  pthread_join(thread, &result);
  printf("%d\\n", result == PTHREAD_CANCELED);
  pthread_create(&thread, NULL, leaves, &thread);
  pthread_join(thread, &result);
  printf("%d\\n", result == &thread);
  return 0;
}`;

const OF_MUSL: [what: string, source: string, ...options: string[]][] = have('dynamic programs of musl', 'musl-gcc')
  ? [['of musl', HELLO, '-specs', '/usr/lib/x86_64-linux-musl/musl-gcc.specs']]
  : [];

describe.runIf(have('dynamically linked programs', 'gcc', 'g++'))('a program with shared libraries', () => {
  test.each<[what: string, source: string, ...options: string[]]>([
    ['position-independent', HELLO, '-pie', '-fPIE'],
    ['at a fixed address', HELLO, '-no-pie'],
    ['resolved at its start', HELLO, '-Wl,-z,now,-z,relro'],
    ['C++ with exceptions and threads', CPLUSPLUS, '-std=c++17', '-lstdc++', '-pthread'],
    ['cancelled threads', CANCELLED, '-pthread'],
    ...OF_MUSL,
  ])('%s', async (what, source, ...options) => {
    const program = compile(what.replaceAll(' ', '-'), source, ...options);
    const archive = await rootOf([program]);
    const invocation = { program, argv: [program, 'world'] };
    const expected = natively(invocation);
    expect(expected.stdout).not.toBe('');
    expect(inMachine(invocation, archive)).toEqual(expected);
    expect(inMachine(invocation, archive, { cpu_level: 'x86-64-v2' })).toEqual(expected);
  });

  test('opens a library with constructors and thread-local storage, by path, RUNPATH and LD_LIBRARY_PATH', async () => {
    mkdirSync(join(folder, 'plugins'));
    const plugin = compile('plugins/libplugin.so', PLUGIN, '-shared', '-fPIC');
    const plain = compile('loader', LOADER, '-pthread');
    const with_ = compile('loader-runpath', LOADER, '-pthread', '-Wl,-rpath,$ORIGIN/plugins');
    const archive = await rootOf([plain, with_], [hostFile(plugin)]);
    for (const invocation of [
      { program: plain, argv: ['loader', plugin] },
      { program: with_, argv: ['loader', 'libplugin.so'] },
      { program: plain, argv: ['loader', 'libplugin.so'], environment: { LD_LIBRARY_PATH: join(folder, 'plugins') } },
      { program: plain, argv: ['loader', 'libabsent.so'] },
    ])
      expect(inMachine(invocation, archive)).toEqual(natively(invocation));
  });

  test('is given the libraries for its processor: glibc-hwcaps', async () => {
    const archive = await rootOf([compile('levels', HELLO)]);
    const invocation = { program: '/lib64/ld-linux-x86-64.so.2', argv: ['ld.so', '--help'] };
    const searched = (cpu_level: CpuLevel): string[] =>
      [...inMachine(invocation, archive, { cpu_level }).stdout.matchAll(/^ {2}(x86-64-v\d) \(supported, searched\)$/gm)].map(
        ([, level]) => level!,
      );
    expect(searched('x86-64-v1')).toEqual([]);
    expect(searched('x86-64-v2')).toEqual(['x86-64-v2']);
  });

  test('is described by its dynamic linker: --list, --verify, and what it says of a library that is not there', async () => {
    const program = compile('listed', HELLO);
    const linker = '/lib64/ld-linux-x86-64.so.2';
    const archive = await rootOf([program]);
    // Addresses differ by what they are randomized with, and the host has a vDSO.
    const shape = ({ stdout, stderr, status }: ReturnType<typeof natively>) => ({
      lines: stdout
        .replaceAll(/0x[0-9a-f]+/g, 'ADDRESS')
        .split('\n')
        .filter((line) => !line.includes('linux-vdso')),
      stderr,
      status,
    });
    for (const argv of [
      ['ld.so', '--list', program],
      ['ld.so', '--verify', program],
      ['ld.so', program, 'through the linker'],
      ['ld.so', '--library-path', '/nowhere', '--inhibit-cache', '--preload', 'libnone.so', program],
    ]) {
      const invocation = { program: linker, argv };
      expect(shape(inMachine(invocation, archive))).toEqual(shape(natively(invocation)));
    }
  });
});
