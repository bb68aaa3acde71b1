// Tools of the distribution with what each is asked, as scripts for dash. All are dynamically linked.

import type { MachineSpec } from '../../src/machine/machine-spec.ts';
import type { Case } from './cases.ts';
import { luaScripts } from './lua.ts';

export interface Tools {
  readonly name: string;
  /** Of this host. */
  readonly programs: readonly string[];
  /** Files and folders of this host that they read. */
  readonly data?: readonly string[];
  /** Runs a script; dash if absent. */
  readonly command?: string;
  readonly spec?: Partial<MachineSpec>;
  readonly cases: readonly Case[];
}

/** What runs in a second or so. */
export const LIGHT: readonly Tools[] = [
  {
    name: 'GNU coreutils, grep, sed, gawk, find, tar, gzip, xz',
    programs:
      'sort ls sha256sum sed grep gawk find xz tar gzip seq cat tr wc stat date mkdir tail head cut ln cp env expr od split shuf tee timeout'.split(
        ' ',
      ),
    data: ['/usr/share/zoneinfo/America/New_York'],
    cases: [
      [
        'sort',
        'seq 1 2000 | sort -R --random-source=/dev/zero | sort -n | sha256sum; seq 300 | sort --parallel=4 -S 1M -r | head -3; printf "b 2\\na 10\\n" | sort -k2n -s --debug 2>&1',
      ],
      [
        'files',
        'mkdir -p a/b; seq 10 > a/f; ln -s f a/l; cp -a a c; stat -c "%n %A %s %F" c/[fl]; ls -lR --time-style=+ c | grep -v total | cut -c1-10; find . -type f -size -2k -printf "%p %s\\n" | sort; ls none',
      ],
      [
        'text',
        'seq 200 | sed -n "s/\\(.\\)0$/\\1x/p"; seq 200 | grep -c 1; seq 100 | split -l 30 - p; wc -l p*; seq 20 | shuf --random-source=/dev/zero | cut -c1 | tr 1 x | od -c | head -3; grep -P "^1\\d" <<END\n10\n2\nEND\n',
      ],
      [
        'gawk',
        'gawk \'BEGIN { PROCINFO["sorted_in"] = "@ind_num_asc"; for (i = 5; i > 0; i--) a[i] = i * i; for (k in a) print k, a[k]; print strftime("%F", 86400, 1), gensub(/(a)(b)/, "\\\\2\\\\1", "g", "abab"), length("h\\303\\251"), 0.1 + 0.2; "echo cmd" | getline x; print x; print systime() > 0 }\'',
      ],
      [
        'archives',
        'seq 500 > f; xz -k f; xz -dc f.xz | sha256sum; tar cf - --sort=name --mtime=@0 --owner=0 --group=0 --mode=600 f f.xz | gzip -n | sha256sum; tar cJf a.tar.xz f; tar tvf a.tar.xz | tr -s " " | cut -d" " -f1,3,6; gzip -9 f; gzip -l f.gz',
      ],
      [
        'time and limits',
        'date -u -d @0; TZ=America/New_York date -d "2024-07-01 12:00" +%s; timeout 0.1 sleep 5; echo $?; timeout -s KILL --preserve-status 0.1 sleep 5; echo $?; expr 2 "*" 21; env -i A=1 env',
      ],
    ],
  },
  {
    name: 'git',
    programs: ['git', 'cat', 'sed'],
    data: ['/usr/share/git-core/templates'],
    cases: [
      [
        'a history with a merge',
        `export HOME=$PWD GIT_AUTHOR_DATE="2020-01-01 00:00:00 +0000" GIT_COMMITTER_DATE="2020-01-01 00:00:00 +0000"
git init -q -b main r; cd r; git config user.name A; git config user.email a@b
echo hello > f; git add f; git commit -q -m one; echo more >> f; git commit -qam two; git diff HEAD~1 | cat
git checkout -q -b side HEAD~1; echo x > g; git add g; git commit -qm three; git merge -q main -m merged
git log --graph --format="%s %H"; git gc -q; git fsck; git status --short; git show --stat HEAD | cat; git blame f; git cat-file -p HEAD; git nothing`,
      ],
    ],
  },
  {
    name: 'sqlite3',
    programs: ['sqlite3'],
    cases: [
      [
        'a database in a file, with a log',
        `sqlite3 db <<END
pragma journal_mode = wal;
create table t(a integer primary key, b text);
with recursive c(x) as (select 1 union all select x + 1 from c where x < 500) insert into t select x, hex(x * x) from c;
create index i on t(b);
begin; delete from t where a % 2; select count(*) from t; rollback;
select count(*), sum(length(b)), avg(a), printf('%.3f', 3.14159) from t;
select b, count(*) from (select substr(b, 1, 2) b from t) group by 1 order by 2 desc, 1 limit 3;
pragma integrity_check;
explain query plan select * from t where b = 1;
END
sqlite3 db "select json_extract('{\\"a\\":[1,2]}', '$.a[1]'), max(b) from t"; sqlite3 db "select nothing from t"; echo $?; ls db*`,
      ],
    ],
  },
  {
    name: 'openssl',
    programs: ['openssl'],
    data: ['/etc/ssl/openssl.cnf'],
    cases: [
      [
        'digests, ciphers, primes, signatures',
        `echo hello | openssl dgst -sha512; echo abc | openssl sha1 -hmac key
echo secret | openssl enc -aes-256-cbc -pbkdf2 -iter 100 -pass pass:x -S 0011223344556677 | openssl base64; openssl prime 1000003
openssl ecparam -name prime256v1 -genkey -noout -out k; echo m > m; openssl dgst -sha256 -sign k -out s m; openssl dgst -sha256 -prverify k -signature s m`,
      ],
    ],
  },
  {
    name: 'jq',
    programs: ['jq'],
    cases: [
      [
        'filters',
        `echo '{"a":[1,2.5,{"b":"x\\u00e9"}],"c":null}' > j; jq . j; jq -c '[.a[0:2][] * 2]' j; jq -r '.a[2].b | ascii_upcase, length' j; jq -n '[range(5)] | add, (map(. * 1.5) | tojson)'; jq '.a.b' j; echo $?`,
      ],
    ],
  },
];

const GCC = '/usr/lib/gcc/x86_64-linux-gnu/12';
const LIBRARIES = '/usr/lib/x86_64-linux-gnu';

/** What takes longer, or brings much with it. */
export const HEAVY: readonly Tools[] = [
  { name: "the distribution's Lua", programs: ['lua5.4'], command: 'lua5.4 $1', cases: luaScripts() },
  {
    name: 'gcc',
    programs: ['gcc', 'as', 'ld', 'cat', `${GCC}/cc1`, `${GCC}/collect2`],
    data: [
      ...['include', 'crtbeginS.o', 'crtendS.o', 'libgcc.a', 'libgcc_s.so', 'liblto_plugin.so'].map((name) => `${GCC}/${name}`),
      ...['crti.o', 'crtn.o', 'Scrt1.o', 'libc.so', 'libc_nonshared.a'].map((name) => `${LIBRARIES}/${name}`),
      ...['stdio.h', 'stdlib.h', 'alloca.h', 'endian.h', 'features.h', 'features-time64.h', 'stdc-predef.h'].map(
        (name) => `/usr/include/${name}`,
      ),
      ...['bits', 'sys', 'gnu'].map((name) => `/usr/include/x86_64-linux-gnu/${name}`),
    ],
    cases: [
      [
        'compiles, links and runs a program',
        `cat > a.c <<END
#include <stdio.h>
#include <stdlib.h>
static int compare(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }
int main(int argc, char **argv) {
  int values[] = {3, 1, 2};
  qsort(values, 3, sizeof *values, compare);
  for (int i = 0; i < 3; i++) printf("%d %.2f\\n", values[i], values[i] / 3.0);
  return argc + 4;
}
END
for level in -O0 -O2; do gcc $level -Wall -frandom-seed=1 a.c -o a && ./a x; echo $?; sha256sum < a; done
gcc -S -O2 a.c -o - | sha256sum; echo "int x = ;" > b.c; gcc -c b.c; echo $?`,
      ],
    ],
  },
  {
    name: 'python3',
    programs: ['/usr/bin/python3.11'],
    data: ['/usr/lib/python3.11'],
    cases: [
      [
        'the standard library, threads, processes',
        `cat > s.py <<END
import collections, decimal, hashlib, json, math, os, re, signal, socket, sqlite3, struct, subprocess, sys, tempfile, threading, time, zlib
print(sys.version_info[:3], json.dumps({"a": [1, 2.5, None]}), math.sqrt(2), re.findall(r"\\w+", "a bc"), hashlib.sha256(b"x").hexdigest())
results = []
threads = [threading.Thread(target=lambda n=n: results.append(n * n)) for n in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(sorted(results), decimal.Decimal(1) / 3, zlib.crc32(b"abc"), 2 ** 200, sum(range(20000)), struct.pack(">hd", 1, 2.5))
a, b = socket.socketpair()
a.sendall(b"over a socket"); print(b.recv(100))
signal.signal(signal.SIGALRM, lambda *_: print("alarm")); signal.setitimer(signal.ITIMER_REAL, 0.01); time.sleep(0.05)
pid = os.fork()
if pid == 0: os._exit(3)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), subprocess.run([sys.executable, "-S", "-c", "print(6 * 7)"], capture_output=True).stdout)
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "f"); open(path, "w").write("text"); print(open(path).read(), os.stat(path).st_size)
base = sqlite3.connect(":memory:"); print(base.execute("select 1 + 1, upper('x')").fetchall())
print(collections.Counter("abracadabra").most_common(2), repr(0.1), f"{math.pi:.10f}", round(2.5), -7 // 2, float("inf"), hash("x") == hash("x"))
try: {}["missing"]
except KeyError as error: print(repr(error))
raise SystemExit(4)
END
/usr/bin/python3.11 s.py`,
      ],
    ],
  },
  {
    name: 'perl',
    programs: ['perl'],
    data: ['/usr/share/perl/5.36', '/usr/lib/x86_64-linux-gnu/perl/5.36', '/usr/lib/x86_64-linux-gnu/perl-base'],
    cases: [
      [
        'modules, processes, signals, sockets',
        `cat > s.pl <<'END'
use strict; use warnings; use Data::Dumper; use POSIX qw(floor strftime); use List::Util qw(sum); use Digest::SHA qw(sha1_hex); use Socket; use Encode;
$Data::Dumper::Sortkeys = 1;
print Dumper({ a => [1, 2], b => { c => undef } }), floor(-1.5), " ", sum(1 .. 100), " ", sha1_hex("x"), " ", strftime("%Y-%m-%d", gmtime(0)), "\\n";
my $pid = fork; exit 3 unless $pid; waitpid $pid, 0; print $? >> 8, "\\n";
pipe my $r, my $w; unless (fork) { close $r; print $w "from a child\\n"; exit } close $w; print <$r>; wait;
$SIG{ALRM} = sub { die "alarm\\n" }; eval { alarm 1; sleep 10 }; print $@;
socketpair my $a, my $b, AF_UNIX, SOCK_STREAM, 0; syswrite $a, "sock"; sysread $b, my $buffer, 10; print "$buffer\\n";
my %h; $h{$_ % 7}++ for 1 .. 2000; print join(",", map { "$_=$h{$_}" } sort keys %h), "\\n", length(decode("UTF-8", "h\\xc3\\xa9")), "\\n";
(my $t = "The quick brown fox") =~ s/(\\w+)/\\u\\L$1/g; print "$t\\n"; print join("|", "a1b22" =~ /\\d+/g), sprintf(" %.5g %s\\n", 1/3, 10 ** 20);
print \`echo from a shell\`; open my $f, "<", "/none" or print "$!\\n"; die "end\\n";
END
perl s.pl`,
      ],
    ],
  },
  {
    name: 'Node.js',
    programs: [process.execPath],
    command: `${process.execPath} $1`,
    // It runs at v1 too; here V8 makes use of SSE4.1 and POPCNT.
    spec: { cpu_level: 'x86-64-v2', ram_bytes: 1 << 30 },
    cases: [
      [
        'compiled code, timers, files, sockets, threads, processes',
        `const { execFileSync } = require('node:child_process'); const { createHash } = require('node:crypto');
const fs = require('node:fs'); const http = require('node:http'); const { Worker } = require('node:worker_threads'); const zlib = require('node:zlib');
let sum = 0; for (let i = 0; i < 300000; i++) sum += i % 7; console.log(sum, 2n ** 100n, [3, 1, 2].sort(), Math.sin(1), 'äö'.normalize('NFD').length);
fs.writeFileSync('f', 'text'); console.log(fs.readFileSync('f', 'utf8'), fs.statSync('f').size, createHash('sha256').update('x').digest('hex'));
console.log(zlib.gunzipSync(zlib.gzipSync('packed')).toString(), execFileSync('/bin/sh', ['-c', 'echo from a shell']).toString());
fs.promises.readFile('none').catch((error) => console.log(error.code));
new Worker('require("node:worker_threads").parentPort.postMessage(6 * 7)', { eval: true }).on('message', (answer) => {
  console.log('a thread says', answer);
  const server = http.createServer((request, response) => response.end('you asked for ' + request.url)).listen(0, '127.0.0.1', async () => {
    const response = await fetch('http://127.0.0.1:' + server.address().port + '/it');
    console.log(response.status, await response.text());
    server.close(() => setTimeout(() => process.exit(4), 10));
    server.closeAllConnections();
  });
});
`,
      ],
    ],
  },
];
