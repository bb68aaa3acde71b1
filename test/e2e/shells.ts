// Scripts for real shells. Those of POSIX are for every shell; the others are bash's own.

import type { Case } from './cases.ts';

export const POSIX: readonly Case[] = [
  ['a loop of pipes and forks', 'for i in 1 2 3; do echo $i | sed s/1/one/; done'],
  ['a long pipeline', 'seq 1 500 | grep 7 | sort -rn | head -n 5 | tr 7 x'],
  ['exit codes and negation', 'false || echo failed; ! true || echo never; (exit 9); echo $?; sh -c "exit 300"; echo $?; exit 5'],
  ['reading lines', 'printf "one\\ntwo\\n  th ree" | while read -r first rest; do echo "[$first|$rest]"; done'],
  ['here documents and substitution', 'x=$(cat <<END\nhello $((6 * 7))\nEND\n); echo "$x"; cat <<-\\END\n\tno $x\n\tEND\n'],
  ['background jobs', '(sleep 0.2; echo late) & echo early; wait; echo done $?; sleep 0.1 & wait $!; echo $?'],
  ['signals and traps', "trap 'echo caught' USR1; kill -USR1 $$; echo after; trap 'echo bye; exit 7' TERM; kill -TERM $$; echo never"],
  ['a trap at the exit of a subshell', "trap 'echo outer' EXIT; (trap 'echo inner' EXIT; echo in); (trap - EXIT); echo out"],
  ['killed by signals', 'for s in TERM KILL PIPE SEGV; do sh -c "kill -$s \\$\\$" 2>/dev/null; echo $s $?; done'],
  ['ignored signals are inherited', "trap '' USR1; sh -c 'kill -USR1 $$; echo survived'"],
  [
    'files and globs',
    'mkdir -p a/b; touch a/x.c a/y.c a/b/z.c .h; echo a/*.c; echo a/[!x].c; echo none*; echo .?; cd a && pwd | tail -c 3; echo */',
  ],
  [
    'descriptors',
    'exec 3>f 4>&1; echo to three >&3; echo to four >&4; exec 3>&-; cat f; wc -c < f; { echo e >&2; } 2>&1; exec 5<f; read l <&5; echo "$l"; echo x >&9',
  ],
  ['redirections that fail', 'cat < none; echo $?; echo x > /none/x; echo $?; set -C; echo a > f; echo b > f; echo c >| f; cat f'],
  ['a large pipe', 'dd if=/dev/zero bs=64k count=32 2>/dev/null | md5sum; yes | head -n 100000 | wc -l'],
  ['a reader that goes away', '(yes; echo $? >&2) | head -n 1'],
  ['a fifo between processes', 'mkfifo p; (for i in 1 2 3; do echo line $i; done > p) & while read l; do echo got $l; done < p; wait'],
  [
    'functions and positional parameters',
    'f() { echo $# "$1" "$*"; shift; [ $# -gt 0 ] && f "$@"; return 4; }; f a "b c" d; echo $?; set -- x y; IFS=,; echo "$*"; for a; do echo $a; done',
  ],
  [
    'parameter expansion',
    'x=path/to/file.tar.gz; echo ${x##*/} ${x%%.*} ${x%.*} ${x#*/} ${#x} ${y:-d} ${y:=e} $y ${x:+set}; echo ${z?unset}; echo never',
  ],
  [
    'arithmetic',
    'echo $((1 + 2 * 3 % 4)) $((0x1f | 010)) $((7 / 2)) $((-7 / 2)) $((1 << 40)) $((5 > 3 && 2 > 4)) $((9223372036854775807 + 1)); x=5; echo $((x += 2)) $x; echo $((1 / 0))',
  ],
  [
    'case and getopts',
    'set -- -a -b val rest; while getopts ab:c o; do case $o in a) echo a;; b) echo "b=$OPTARG";; *) echo "?";; esac; done; shift $((OPTIND - 1)); echo $1; case hello in h[ae]*) echo match;; esac',
  ],
  [
    'set -e and -u',
    '(set -e; false; echo never); echo $?; (set -u; echo $undefined); echo $?; (set -e; if false; then :; fi; echo lives); set -x; echo traced',
  ],
  [
    'eval, command and type',
    'eval "x=1; echo \\$x"; command -v cd; command -v none; echo $?; type cd > /dev/null && echo known; readonly r=1; (r=2); echo $?; unset x; echo ${x-gone}',
  ],
  ['umask and permissions', 'umask 027; touch f; mkdir d; stat -c %a f d; umask; umask u=rwx,g=,o=; umask'],
  [
    'limits',
    'ulimit -n 64; ulimit -n; ulimit -c 0; ulimit -c; ulimit -f 2; (dd if=/dev/zero of=big bs=1024 count=100 2>/dev/null); echo $?; wc -c < big',
  ],
  ['times of a child', '(times > /dev/null) && echo counted'],
  ['many processes', 'i=0; while [ $i -lt 60 ]; do (exit $((i % 3))) & i=$((i + 1)); done; wait; echo $i'],
  ['nested substitution', 'echo $(echo $(echo $(echo deep))) `echo \\`echo ticks\\``; x=$(exit 3); echo $?; echo "$(printf "a\\n\\n")b"'],
  [
    'a script with its own interpreter',
    'printf "#!/bin/busybox sh\\necho \\$0 \\$1 | sed s,.*/,,\\n" > s; chmod +x s; ./s arg; printf "#!/none\\n" > t; chmod +x t; ./t; echo $?; chmod -x s; ./s; echo $?; ./none; echo $?; echo "echo plain" > u; chmod +x u; ./u',
  ],
  ['dot and return', 'echo "v=7; return 3" > lib; . ./lib; echo $? $v; . ./none; echo never'],
  ['environment of children', 'A=1; export B=2; C=3 env | grep -c "^[ABC]="; export -p | grep -c B=; unset B; env | grep -c ^B='],
  ['test of descriptors', 'test -t 0; echo $?; test -t 1; echo $?; exec < /dev/null; read x; echo $?'],
  ['nice', 'nice 2>/dev/null; renice 5 $$ > /dev/null 2>&1; echo $?'],
];

export const BASH: readonly Case[] = [
  [
    'indexed arrays',
    'a=(1 2 3); a+=(4); a[7]=x; echo ${#a[@]} "${!a[@]}" "${a[@]:1:2}" ${a[-1]}; unset "a[1]"; echo "${a[*]}"; s=0; for i in 1 2; do ((s += i * i)); done; echo $s; declare -p a; mapfile -t l < <(seq 3); echo ${l[2]}',
  ],
  [
    'associative arrays',
    'declare -A m=([one]=1 ["two words"]=2); m[three]=3; for k in "${!m[@]}"; do echo "$k=${m[$k]}"; done | sort; echo ${#m[@]} ${m[none]-none}; unset "m[one]"; [[ -v m[three] ]] && echo there; declare -p m | wc -c',
  ],
  [
    'process substitution',
    'read x < <(echo from a process); echo "$x"; diff <(seq 3) <(seq 2 4); seq 3 > >(sort -r); sleep 0.1; cat <(echo a) <(echo b)',
  ],
  ['here strings', 'cat <<< "hello $((1 + 1))"; read a b <<< "x y z"; echo "$b"; grep -c o <<< $\'foo\\nbar\\nboo\''],
  [
    'regular expressions',
    '[[ abc123 =~ ^([a-z]+)([0-9]+)$ ]] && echo "${BASH_REMATCH[@]}"; [[ x == [[:upper:]] ]]; echo $?; re="a|b"; [[ b =~ $re ]] && echo yes; [[ "a.c" =~ a\\.c ]] && echo dot; [[ a =~ "(" ]]; echo $?',
  ],
  [
    'extended globs',
    'shopt -s extglob nullglob globstar; mkdir -p d/e; touch f.c f.h g.c d/e/h.c; echo !(*.h) +(f).?; echo @(f|g).c; echo **/*.c; x=aaabbb; echo ${x##+(a)} ${x//b/c} ${x/a/-}; echo none*',
  ],
  [
    'case and quoting of expansions',
    'x="hello world"; echo "${x^}" "${x^^}" "${x@Q}" "${x:6}" "${x:(-5):3}" "${x/#hello/bye}"; y=X; echo ${y,,}; printf %q "a b\\$c"; echo; n=x; echo ${!n}',
  ],
  [
    'printf and its variables',
    'printf -v v "%03d-%s" 7 seven; echo $v; printf "%(%Y-%m-%d)T\\n" 0; printf "%b|%q|%5.2f|%x\\n" "a\\tb" "it\'s" 3.14159 255; printf "<%s>" a b c; echo; printf "%d\\n" "\'A"',
  ],
  [
    'traps: ERR, DEBUG, RETURN, EXIT',
    'trap "echo err at \\$LINENO" ERR; false\nf() { trap "echo returned" RETURN; :; }; f; trap - ERR RETURN; trap "echo at exit" EXIT; trap \'((n++))\' DEBUG; :; :; trap - DEBUG; echo $n',
  ],
  [
    'signals and jobs',
    "trap 'echo int' INT; kill -INT $$; (trap 'echo usr; exit 3' USR1; kill -USR1 $BASHPID; echo never); echo $?; sleep 5 & kill %1; wait %1 2>/dev/null; echo $?; trap -p INT",
  ],
  [
    'job control',
    'set -m; sleep 0.1 & jobs | sed "s/ *&//"; fg %1 > /dev/null; echo $?; (sleep 5) & kill -STOP $!; sleep 0.1; jobs -l | grep -c Stopped; kill -CONT $!; sleep 0.1; kill $!; sleep 0.1; wait $! 2>/dev/null; echo $?; disown -a; jobs',
  ],
  [
    'process groups of jobs',
    'set -m; sleep 0.2 & p=$!; read -r _ _ _ _ g _ < /proc/$p/stat; [ $g = $p ] && echo own group; wait; set +m; sleep 0.1 & read -r _ _ _ _ g _ < /proc/$!/stat; [ $g = $! ] || echo the group of the shell; wait',
  ],
  [
    'coprocesses',
    'coproc C { while read l; do echo "<$l>"; done; }; echo one >&"${C[1]}"; read -r r <&"${C[0]}"; echo "$r"; echo two >&"${C[1]}"; read -r r <&"${C[0]}"; echo "$r"; exec {C[1]}>&-; wait $C_PID; echo $?',
  ],
  [
    'read with limits',
    'read -t 0.1 x < <(sleep 1); echo $((  $? > 128 )); read -n 3 y <<< abcdef; echo $y; read -d : z <<< a:b; echo $z; IFS=, read -ra p <<< a,b,c; echo ${p[1]} ${#p[@]}; read -N 2 q <<< xyz; echo $q; read -u 3 w 3<<< three; echo $w',
  ],
  [
    'wait -n and -p',
    '(sleep 0.3; exit 3) & (sleep 0.1; exit 1) & wait -n; echo $?; wait -n; echo $?; wait -n; echo $?; (exit 5) & wait -n -p who; [ "$who" = $! ] && echo $?',
  ],
  [
    'pipefail and PIPESTATUS',
    'set -o pipefail; echo x | while read l; do echo $l; false; done; echo $?; true | false | (exit 3) | true; echo "${PIPESTATUS[@]}"; set +o pipefail; shopt -s lastpipe; echo v | read x; echo "$x"',
  ],
  [
    'descriptors by variables',
    'exec {fd}>f; echo line >&$fd; exec {fd}>&-; cat f; { echo out; echo err >&2; } &> both; cat both; echo more &>> both; wc -l < both; exec 7<>f; read -u 7 l; echo new >&7; cat f; [ -e /dev/fd/7 ] && echo open',
  ],
  [
    'arithmetic',
    'echo $((2 ** 62)) $((16#ff)) $((2#1010)) $((x = 5, x * 2)); ((y = x > 3 ? 1 : 2)); echo $y; for ((i = 0; i < 3; i++)); do printf %d $i; done; echo; let z=3*4 w=z%5; echo $z $w; echo $((1 << 63)) $((-1 >> 1)) $((~0)); ((0)); echo $?; echo $((08))',
  ],
  [
    'local variables and name references',
    'f() { local x=in; local -n r=$1; r="$x set"; g; }; g() { echo dynamic $x; }; x=out; f y; echo "$x $y"; declare -i n=3+4; echo $n; declare -r c=1; c=2; echo $?; declare -u up=abc; echo $up; h() { local -; set -f; }; h; echo $-| grep -c f',
  ],
  [
    'recursion and command substitution',
    'fib() { (($1 < 2)) && echo $1 || echo $(($(fib $(($1 - 1))) + $(fib $(($1 - 2))))); }; fib 7; x=$(< /dev/null); echo "[$x]"; echo $(printf "a\\0b" | tr "\\0" -)',
  ],
  [
    'select, brace expansion and sequences',
    'echo {a,b}{1..3} {01..03} {c..a} {1..10..4} pre{,fix}; select x in one two; do echo "$REPLY $x"; break; done <<< 2',
  ],
  [
    'history of shell options',
    'set -o | grep -c on; shopt -q expand_aliases; echo $?; shopt -s expand_aliases; alias hi="echo hi there"\nhi; unalias hi; set -o noglob; echo *; set +o noglob; echo $SHLVL ${BASH_VERSINFO[0]} $BASHOPTS | wc -w',
  ],
  [
    'limits',
    'ulimit -Sn 100; ulimit -n; ulimit -Hn 200; ulimit -Hn; ulimit -a | wc -l; ulimit -t 100; ulimit -t; (ulimit -v 200000; echo ok); (ulimit -n 5; exec 3</dev/null 4</dev/null; cat < /dev/null 5</dev/null); echo $?',
  ],
  [
    '/dev/tcp over loopback',
    '(nc -l -p 20123 -s 127.0.0.1 < <(echo greeting) > got) & for i in {1..40}; do exec 3<>/dev/tcp/127.0.0.1/20123 && break; sleep 0.05; done 2>/dev/null; echo request >&3; read -r l <&3; echo "$l"; exec 3>&-; wait; cat got; exec 4<>/dev/tcp/127.0.0.1/1; echo $?',
  ],
  [
    'exec and its failure',
    '(exec echo replaced); (exec -a other sh -c "echo \\$0"); (exec none); echo $?; (exec -c env | wc -l); exec 2>&1; none; echo $?; hash -r; command_not_found_handle() { echo "no $1"; return 9; }; none; echo $?',
  ],
  [
    'umask, times and random',
    'umask -S; RANDOM=42; echo $RANDOM $RANDOM; [[ $SECONDS -lt 100 ]] && echo soon; echo ${#EPOCHSECONDS} ${EPOCHREALTIME#*.} | wc -w; TIMEFORMAT=%0R; time sleep 0.01; [[ $SRANDOM != "$SRANDOM" ]] && echo random',
  ],
  [
    'caller, FUNCNAME and debugging',
    'f() { echo "${FUNCNAME[*]} ${BASH_LINENO[0]}"; caller 0 | cut -d" " -f1,2; }\ng() { f; }\ng; set -x; PS4="+ \\$LINENO: "; : traced; { set +x; } 2>/dev/null; bash_missing; echo ${LINENO}',
  ],
  [
    'mapfile, sorting and a large array',
    'mapfile -t n < <(seq 3000); echo ${#n[@]} ${n[2999]}; t=0; for v in "${n[@]}"; do ((t += v)); done; echo $t; printf "%s\\n" "${n[@]}" | sort -rn | head -2; r=("${n[@]/#/x}"); echo ${r[10]}',
  ],
  [
    'unicode and escapes',
    "echo $'\\u00e9\\x41\\101\\n\\t|' | od -An -c; LC_ALL=C.UTF-8; x=$'h\\u00e9llo'; echo ${#x}; LC_ALL=C; echo ${#x}; echo -e '\\e[0m' | od -An -tx1",
  ],
  [
    'subshells and groups',
    'x=1; (x=2; echo $x $BASH_SUBSHELL); echo $x; { x=3; }; echo $x; echo $( (echo a; echo b) | wc -l ); (cd /; pwd); f() ( cd /; echo $PWD ); f; [ "$PWD" != / ] && echo back; (exit 7) || echo $?',
  ],
];
