// What is asked of each applet of busybox-static, and which are not asked, because what they print is the host's.

/** A script for `busybox sh` in an empty folder of its own, where PATH holds the applets alone. */
export const APPLETS: readonly (readonly [applet: string, script: string])[] = [
  ['[', '[ -d . ] && [ ! -e x ] && [ 3 -lt 10 ] && [ "a" \\< "b" ]; echo $?; [ x = y ]'],
  ['[[', '[[ abc == a*c ]]; echo $?; [[ abc =~ b.$ ]]; echo $?'],
  [
    'ar',
    'printf "!<arch>\\n%-16s%-12s%-6s%-6s%-8s%-10s\\140\\n%s" f/ 0 0 0 100644 6 hello > a; echo >> a; ar t a; ar p a f; ar x a; cat f',
  ],
  ['arch', 'arch'],
  ['ascii', 'ascii | head -5'],
  ['ash', 'ash -c \'f() { local x=$1; echo ${x:-none} ${#x} ${x%.*}; }; f a.b; f; set -- 1 2 3; shift; echo "$@" $#\''],
  [
    'awk',
    'printf "a 1\\nb 2\\na 3\\n" | awk \'{ s[$1] += $2 } END { for (k in s) print k, s[k] | "sort"; close("sort"); printf "%5.2f|%-4s|%x\\n", 3.14159, "ab", 255; print substr("hello", 2, 3), index("abc", "c"), toupper("x"), match("foobar", /o+/), RSTART, RLENGTH; n = split("a:b:c", p, ":"); print n, p[3]; gsub(/a/, "<&>"); print length("x y"), 2 ^ 10, 7 % 3, -7 / 2, int(-3.7), sqrt(2), atan2(0, -1), log(10) }\'',
  ],
  ['base64', 'seq 30 | base64 > b; cat b; base64 -d b | md5sum; echo "!!!" | base64 -d'],
  ['basename', 'basename /a/b.c .c; basename -a /x/y z/; basename /'],
  ['bc', 'printf "scale=20; 4*a(1)\\n2^100\\nfor (i = 0; i < 3; i++) i*i\\nobase=16; 255\\n" | bc -l'],
  ['bunzip2', 'seq 100 > f; bzip2 f; bunzip2 f.bz2; md5sum f; ls'],
  ['bzcat', 'echo hello | bzip2 > f.bz2; bzcat f.bz2'],
  ['bzip2', 'seq 2000 | bzip2 -9 | wc -c; seq 2000 | bzip2 -c | bzip2 -dc | md5sum; echo no | bzip2 -dc; echo $?'],
  ['cal', 'cal 2 2024; cal -y 1999 | md5sum'],
  ['cat', 'printf "a\\n\\n\\nb\\t\\001" > f; cat -A f; cat -n f; cat -b f; cat f - none < f'],
  ['chgrp', 'touch f; chgrp 12 f; stat -c %g f'],
  [
    'chmod',
    'touch f; mkdir d; chmod 640 f; stat -c %a f; chmod u+x,g-r,o=w f; stat -c %a f; chmod -R +t d; stat -c %a d; chmod u+s f; ls -l f | cut -c1-10',
  ],
  ['chown', 'touch f; ln -s f l; chown 12:34 f; stat -c %u:%g f; chown -h 5 l; stat -c %u l f; chown root: f; stat -c %U:%G f'],
  ['clear', 'clear | od -c'],
  ['cmp', 'echo abc > a; echo abd > b; cmp a b; cmp -l a b; cmp -s a a; echo $?; cmp a none'],
  [
    'cp',
    'mkdir -p d/e; echo x > d/e/f; ln -s f d/e/l; chmod 600 d/e/f; cp -a d c; find c | sort; stat -c "%a %F" c/e/f c/e/l; cp d/e/f new; cp d x; cp -r d/e/l -L y; cat y',
  ],
  [
    'cpio',
    'mkdir d; echo hi > d/f; ln d/f d/g; find d | sort | cpio -o -H newc 2>/dev/null > a; cpio -t < a; mkdir o; cd o; cpio -id < ../a; cat d/g; stat -c %h d/f',
  ],
  ['crc32', 'echo hello > f; crc32 f'],
  ['cut', 'echo a:b:c:d | cut -d: -f2-3; echo abcdef | cut -c2,4-; echo a b | cut -d" " -f2 -s; echo x | cut -b1'],
  [
    'date',
    'date -u -d @86400; date -u -d "2024-02-29 12:34:56" "+%Y-%m-%d %H:%M:%S %j %a %s"; date -u -d 202401010000 +%c; TZ=EST5EDT date -d @1700000000 "+%Z %z %T"; date -d nonsense',
  ],
  ['dc', 'echo "10 3 / p 2 k 10 3 / p 16 o 255 p [la 1 + sa] sx" | dc'],
  [
    'dd',
    'seq 1000 | dd bs=100 skip=2 count=3 2>/dev/null; printf abcdef | dd conv=ucase 2>/dev/null; printf 12345678 > f; printf XX | dd of=f bs=1 seek=3 conv=notrunc 2>/dev/null; cat f; dd if=none; dd if=/dev/zero bs=4096 count=10 2>&1 >z | head -2; wc -c z',
  ],
  [
    'diff',
    'printf "a\\nb\\nc\\n" > x; printf "a\\nB\\nc\\nd\\n" > y; diff x y; diff -u x y | tail -n +3; diff -q x y; diff -i x y; diff x x; mkdir p q; echo 1 > p/f; echo 2 > q/f; touch p/only; diff -r p q',
  ],
  ['dirname', 'dirname /a/b/c; dirname a; dirname /; dirname a//b//'],
  ['dos2unix', 'printf "a\\r\\nb\\r\\n" | dos2unix | od -c'],
  [
    'du',
    'mkdir d; dd if=/dev/zero of=d/f bs=1k count=100 2>/dev/null; du -k d/f; du -h d/f | cut -f1; ln d/f d/g; du -ak d | grep -c "[fg]$"',
  ],
  ['echo', 'echo -n a; echo -e "\\tb\\x41\\101\\c no"; echo; echo -E "\\n"; echo --'],
  ['ed', 'printf "one\\ntwo\\nthree\\n" > f; printf "2s/two/zwei/\\n1,2p\\n\\$a\\nfour\\n.\\nw\\nq\\n" | ed f; cat f'],
  ['egrep', 'printf "foo\\nbar\\nbaz\\n" | egrep -n "^(foo|ba[rz])$"; echo aab | egrep -o "a+"'],
  ['env', "env -i A=1 B=2 env | sort; env -u T sh -c 'echo ${T-unset}'; env none; echo $?"],
  ['expand', 'printf "a\\tb\\n\\tc\\n" | expand -t 4; printf "a\\tb\\n" | expand'],
  ['expr', 'expr 3 + 4 \\* 2; expr length hello; expr substr hello 2 3; expr abc : "a\\(.\\)c"; expr 5 \\> 10; expr 7 / 0; echo $?'],
  ['factor', 'factor 360 97 1 4294967291 600851475143'],
  ['fallocate', 'fallocate -l 10000 f; stat -c "%s" f; fallocate -o 5000 -l 20000 f; wc -c f'],
  ['false', 'false; echo $?'],
  ['fgrep', 'printf "a.b\\naxb\\n" | fgrep a.b; echo $?'],
  [
    'find',
    'mkdir -p a/b/c; touch a/f1 a/b/f2.txt a/b/c/f3; chmod 600 a/f1; ln -s f1 a/l; find a -type f | sort; find a -name "*.txt" -print0 | tr "\\0" "!"; echo; find a -maxdepth 1 | sort; find a -perm 600; find a -type l -exec readlink {} \\;; find a -depth | sort | tail -2; find a -empty -type f | wc -l; find a -newer a/f1 -name none; find a -name f1 -delete; ls a; find none',
  ],
  ['fold', 'seq -s " " 1 30 | fold -w 20; echo "the quick brown fox" | fold -s -w 10'],
  ['getopt', 'getopt -o ab:c -l long,with: -- -a -b val --with=x rest -c -- more; getopt -o a -- -z; echo $?'],
  [
    'grep',
    'printf "Apple\\nbanana\\ncherry\\n" > f; grep -i apple f; grep -c an f; grep -v a f; grep -n "r\\+y" f; grep -A1 -B1 banana f; grep -q zzz f; echo $?; grep -l cherry f none; grep -w banan f; grep -e A -e c -H f; grep -r err . ; echo a1b22 | grep -o "[0-9]*"; grep -x banana f; grep -F "." f; grep -m1 e f',
  ],
  ['groups', 'groups root'],
  ['gunzip', 'seq 100 > f; gzip f; gunzip -k f.gz; ls; cmp f f; gunzip none'],
  [
    'gzip',
    'seq 5000 | gzip -c | gunzip -c | md5sum; echo x | gzip -n | od -An -tx1 | head -1 | cut -c1-12; echo y > f; gzip -9 f; zcat f.gz; echo bad | gzip -d; echo $?',
  ],
  ['head', 'seq 20 | head -n 3; seq 20 | head -c 5; seq 5 > a; head -n 1 a a; seq 20 | head -n -17'],
  [
    'httpd',
    'mkdir w; echo page > w/index.html; seq 20000 > w/long; httpd -f -h w -p 127.0.0.1:38099 & sleep 0.3; wget -q -O - http://127.0.0.1:38099/; wget -q -O - http://127.0.0.1:38099/long | md5sum; wget -q -O - http://127.0.0.1:38099/none; echo $?; kill $!',
  ],
  ['hexdump', 'printf "hello world 12345" | hexdump -C; printf "\\001\\002\\003" | hexdump; printf abcd | hexdump -e \'1/2 "%04x\\n"\''],
  ['id', 'id -u root; id -g root; id -un 0; id nosuchuser'],
  ['ip', 'ip link show dev lo; ip -f inet addr show dev lo; ip route get 127.0.0.1; ip link show dev none; echo $?'],
  ['ipcalc', 'ipcalc -nbm 192.168.3.17/20'],
  ['kill', "kill -l 9; kill -l TERM; (sh -c 'kill -TERM $$'; echo $?); kill -0 $$; kill 99999; kill -BAD 1"],
  ['less', 'seq 3 | less'],
  ['link', 'echo x > a; link a b; stat -c %h a; link a b'],
  [
    'ln',
    'echo x > a; ln a b; ln -s a c; ls -i a b | cut -d" " -f1 | uniq | wc -l; readlink c; ln -sf b c; readlink c; mkdir d; ln -s ../a d; ls d; ln none e',
  ],
  [
    'ls',
    'mkdir d; touch -d "2020-01-02 03:04:05" f d/g; ln -s f l; chmod 755 f; mkfifo p; TZ=UTC ls -l --full-time f | tr -s " "; ls; ls -a; ls -F; ls -1R; ls -d d; ls -lh l | cut -c1-10; ls -s f | cut -d" " -f1; ls none; ls -t | wc -l; ls -p',
  ],
  ['lzcat', 'echo "XQAAgAD//////////wA0GUnuje+MaOMdbiQZp/0onoiTX8P///UbwAA=" | base64 -d | lzcat'],
  ['lzma', 'echo "XQAAgAD//////////wA0GUnuje+MaOMdbiQZp/0onoiTX8P///UbwAA=" | base64 -d | lzma -dc'],
  ['lzop', 'seq 500 | lzop -c | lzop -dc | md5sum'],
  ['md5sum', 'echo a > a; md5sum a; md5sum a > s; md5sum -c s; echo b > a; md5sum -c s; echo $?; md5sum < a'],
  ['mkdir', 'mkdir a; mkdir a; mkdir -p x/y/z; mkdir -m 700 q; stat -c %a q; mkdir n/o; ls'],
  ['mkfifo', 'mkfifo p; stat -c %F p; (echo through > p) & cat p; wait; mkfifo p'],
  ['mknod', 'mknod p p; stat -c %F p'],
  [
    'mkpasswd',
    'mkpasswd -m md5 -S saltsalt secret; mkpasswd -m sha512 -S saltsalt secret; mkpasswd -m sha256 -S saltsalt secret; mkpasswd -m des -S ab secret',
  ],
  ['mktemp', 'f=$(mktemp -p . x.XXXXXX); echo ${#f}; stat -c %a $f; d=$(mktemp -d ./dXXXXXX); stat -c "%a %F" $d; mktemp bad; echo $?'],
  ['more', 'seq 3 | more'],
  [
    'mv',
    'echo a > a; mkdir d; mv a d; ls d; mv d e; cat e/a; echo b > b; mv b e/a; cat e/a; mv none x; mv -n e/a e/a; touch p q; mv p q e; ls e',
  ],
  [
    'nc',
    '(nc -l -p 20017 > got) & p=$!; for i in 1 2 3 4 5 6 7 8 9 10; do echo hello | nc -w 1 127.0.0.1 20017 2>/dev/null && break; usleep 50000; done; wait $p; cat got',
  ],
  ['nl', 'printf "a\\n\\nb\\n" | nl; printf "a\\nb\\n" | nl -ba -w3 -s: -v5'],
  ['nologin', 'echo no > /dev/null; nologin 2>&1 | head -1 | wc -l'],
  [
    'od',
    'printf "hello\\n\\377" | od -c; printf "hello\\n\\377" | od -An -tx1; printf "12345678" | od -td4 -Ax; printf "12345678" | od -tf8; od -b < /dev/null',
  ],
  ['paste', 'seq 3 > a; seq 4 6 > b; paste a b; paste -d, a b; paste -s a; seq 6 | paste - - -'],
  ['patch', 'printf "a\\nb\\nc\\n" > f; cp f g; sed -i s/b/B/ g; diff -u f g > p; patch f p; cat f; patch -R f p; cat f'],
  ['pidof', 'pidof no-such-program; echo $?'],
  [
    'printf',
    'printf "%05d|%-5s|%x|%o|%e|%g|%c|%%|%b|%s\\n" 42 ab 255 8 1234.5 0.0001 xyz "a\\tb" last; printf "%s-" 1 2 3; printf "%d\\n" 0x1f; printf "%d\\n" abc; printf "%.3s|%5.1f\\n" abcdef 2.25; printf "\\x41\\102\\n"',
  ],
  ['pwd', 'mkdir d; cd d; pwd | sed "s,.*/,,"; ln -s . l; cd l; pwd | sed "s,.*/,,"; pwd -P | sed "s,.*/,,"'],
  [
    'readlink',
    'ln -s target l; readlink l; readlink -f l | sed "s,.*/,,"; readlink none; echo $?; mkdir -p a/b; ln -s a/b/../b c; readlink -f c | sed "s,.*/a,a,"',
  ],
  ['realpath', 'mkdir d; ln -s d l; realpath l | sed "s,.*/,,"; realpath /../../tmp/.; realpath none/x'],
  ['rev', 'printf "abc\\n12 3\\n" | rev'],
  ['rm', 'mkdir -p d/e; touch d/f g; rm g; rm d; rm -r d; ls; rm none; rm -f none; echo $?; touch -- -x; rm -- -x; ls'],
  ['rmdir', 'mkdir -p a/b/c; rmdir a; rmdir -p a/b/c; ls; rmdir none'],
  [
    'run-parts',
    'mkdir d; for n in b a c; do printf "#!/bin/sh\\necho $n \\$1\\n" > d/$n; done; chmod +x d/a d/b; run-parts -a arg d; run-parts --test d',
  ],
  [
    'sed',
    'printf "one\\ntwo\\nthree\\n" > f; sed s/o/0/g f; sed -n 2p f; sed "/two/d" f; sed -n "/one/,/two/p" f; sed "2i\\\\inserted" f; sed "$ a end" f; sed "s/\\(t\\)\\(.*\\)/\\2\\1/" f; sed -E "s/(.)(.)/\\2\\1/" f; sed y/abc/xyz/ f; sed = f | sed "N;s/\\n/:/"; sed -i s/one/ONE/ f; head -1 f; sed "1!G;h;$!d" f; sed -n l f; sed "s/x/y/;ta;s/$/!/;:a" f; sed 2q f; sed -e bad f',
  ],
  ['seq', 'seq 3; seq 2 2 8; seq -s, 5; seq -w 8 11; seq 5 -2 1; seq 1 0.5 2.5; seq 3 1'],
  ['setsid', 'setsid sh -c "echo in a session"'],
  [
    'sh',
    'x=1; while [ $x -lt 4 ]; do case $x in 2) echo two;; *) echo other;; esac; x=$((x + 1)); done; trap "echo bye" EXIT; (exit 3) || echo $?; echo ${undefined:-default} ${x:+set}; set -e; false; echo never',
  ],
  ['sha1sum', 'seq 1000 | sha1sum'],
  ['sha256sum', 'seq 1000 | sha256sum; printf "" | sha256sum; seq 3 > f; sha256sum f > s; sha256sum -c s'],
  ['sha3sum', 'seq 1000 | sha3sum; seq 10 | sha3sum -a 512'],
  ['sha512sum', 'seq 1000 | sha512sum'],
  ['shred', 'seq 100 > f; shred -n 1 -z f; tr -d "\\0" < f | wc -c; wc -c f; shred -u f; ls'],
  ['shuf', 'seq 20 | shuf | sort -n | md5sum; shuf -i 1-5 | sort | tr "\\n" " "; shuf -e a b c | wc -l; seq 9 | shuf -n 4 | wc -l'],
  ['sleep', 'sleep 0.05; echo $?; sleep 0; sleep bad; echo $?'],
  [
    'sort',
    'printf "b 2\\na 10\\nc 1\\n" > f; sort f; sort -k2n f; sort -r f; sort -k2 f; printf "b\\na\\nb\\n" | sort -u; printf "10\\n9\\n1e1\\n" | sort -g; sort -c f; echo $?; printf "x:3\\ny:1\\n" | sort -t: -k2; printf "v1.10\\nv1.9\\n" | sort -V; printf "2K\\n1M\\n5\\n" | sort -h; printf "b\\0a\\0" | sort -z | tr "\\0" ,',
  ],
  [
    'stat',
    'echo hello > f; chmod 644 f; touch -d "2021-06-07 08:09:10" f; TZ=UTC stat -c "%n %s %a %A %F %h %u %g %y %Y %b %o" f; ln -s f l; stat -c "%N %F" l; stat -L -c %F l; stat -c "%t %T %F" /dev/null; stat none',
  ],
  ['strings', 'printf "ab\\0hello\\001world\\377abcd\\n" | strings; printf "xx\\0long enough\\0" > f; strings -n 6 -f -t d f'],
  ['stty', 'stty < /dev/null; echo $?'],
  ['sync', 'sync; echo $?'],
  ['tac', 'seq 5 | tac'],
  [
    'tail',
    'seq 20 | tail -n 3; seq 20 | tail -n +18; seq 20 | tail -c 5; seq 5 > a; tail -n 1 a a; (seq 3 > g; tail -f g & p=$!; usleep 100000; echo more >> g; sleep 1.2; kill $p)',
  ],
  [
    'tar',
    'mkdir -p d/e; echo x > d/f; ln -s f d/l; ln d/f d/h; chmod 600 d/f; touch -d "2020-01-01 00:00:00" d/f d/e d; tar cf a.tar d; tar tf a.tar | sort; mkdir o; tar xf a.tar -C o; stat -c "%a %h %Y" o/d/f; readlink o/d/l; tar czf a.tgz d; tar tzf a.tgz | wc -l; tar xOf a.tar d/f d/h; tar xf none.tar; tar cf - d | tar xf - -C o d/f; tar cJf x d',
  ],
  ['tee', 'echo a | tee f g; cat f g; echo b | tee -a f > /dev/null; cat f; echo x | tee /none/x'],
  [
    'test',
    'touch f; test -f f; echo $?; test -s f; echo $?; test -r f -a -w f; echo $?; test f -nt none; echo $?; test ! -L f -o -p f; echo $?; test 1 -eq x; echo $?',
  ],
  ['timeout', 'timeout 0.2 sleep 5; echo $?; timeout 5 echo done; timeout -s KILL 0.2 sleep 5; echo $?'],
  [
    'touch',
    'touch -d "2000-01-02 03:04:05" f; TZ=UTC stat -c "%Y" f; touch -r f g; stat -c %Y g; touch -c none; ls; touch -t 202001020304 h; date -u -r h +%Y',
  ],
  [
    'tr',
    'echo Hello | tr a-z A-Z; echo aabbcc | tr -s a-c; echo a1b2 | tr -d 0-9; echo abc | tr -c a "x"; echo; echo "[:x:]" | tr "[:punct:]" _; echo ab | tr ab "\\101\\n"',
  ],
  ['true', 'true; echo $?'],
  ['truncate', 'truncate -s 1000 f; stat -c %s f; truncate -s 10 f; wc -c f; truncate -s 5K f; wc -c < f; truncate -c -s 5 none; ls'],
  ['ts', 'echo line | ts "fixed"'],
  ['tty', 'tty; echo $?'],
  ['uname', 'uname -s; uname -m; uname -o'],
  ['uncompress', 'printf "\\037\\235\\220\\141\\304\\214\\001" > f.Z; uncompress f.Z 2>&1 | head -1; ls'],
  ['unexpand', 'printf "        a       b\\n" | unexpand -a | od -c'],
  [
    'uniq',
    'printf "a\\na\\nb\\nc\\nc\\nc\\n" > f; uniq f; uniq -c f; uniq -d f; uniq -u f; printf "x a\\ny a\\n" | uniq -f1; printf "A\\na\\n" | uniq -i',
  ],
  ['unix2dos', 'printf "a\\nb\\n" | unix2dos | od -c'],
  ['unlink', 'touch f; unlink f; ls; unlink f; mkdir d; unlink d'],
  ['unlzma', 'echo "XQAAgAD//////////wA0GUnuje+MaOMdbiQZp/0onoiTX8P///UbwAA=" | base64 -d > f.lzma; unlzma f.lzma; cat f'],
  [
    'unxz',
    'echo "/Td6WFoAAAFpIt42AgAhARYAAAB0L+Wj4AAsABZdADQZSe6N74xo4x1uJBmn/SieiHw1AAAAAACYc+HDAAEuLXLgXm6QQpkNAQAAAAABWVo=" | base64 -d > f.xz; unxz f.xz; cat f',
  ],
  [
    'unzip',
    'echo "UEsDBBQAAAAIAIMYIlCYc+HDFAAAAC0AAAAHAAAAZC9hLnR4dMtIzcnJ11FILErOyCxL5crAywUAUEsBAhQDFAAAAAgAgxgiUJhz4cMUAAAALQAAAAcAAAAAAAAAAAAAAIABAAAAAGQvYS50eHRQSwUGAAAAAAEAAQA1AAAAOQAAAAAA" | base64 -d > a.zip; unzip -l a.zip | tail -2; unzip -q a.zip; cat d/a.txt; unzip -p a.zip d/a.txt | md5sum',
  ],
  ['usleep', 'usleep 1000; echo $?'],
  ['uudecode', 'seq 50 | uuencode name > u; uudecode -o o u; md5sum o'],
  ['uuencode', 'seq 20 | uuencode name; seq 5 | uuencode -m x'],
  ['vi', 'printf "one\\ntwo\\n" > f; printf ":%%s/two/2/\\n:wq\\n" | TERM=vt100 vi f > /dev/null; cat f'],
  ['watch', 'timeout 0.3 watch -n 10 -t echo tick > o 2>/dev/null; tr -d "\\033" < o | grep -c tick'],
  ['wc', 'printf "one two\\nthree" > f; wc f; wc -l < f; wc -w -c f f; wc -L f; printf "h\\303\\251" | wc -m'],
  ['wget', 'wget -q http://127.0.0.1:38098/; echo $?; wget -q -T 1 -O - nonsense://x; echo $?'],
  ['which', 'which busybox; which none; echo $?'],
  ['whoami', 'whoami'],
  [
    'xargs',
    'seq 6 | xargs -n 2 echo; printf "a b\\0c" | xargs -0 -n 1 echo; seq 3 | xargs -I{} echo "<{}>"; echo | xargs echo empty; echo | xargs -r echo none; seq 4 | xargs -n1 sh -c "exit 1"; echo $?; seq 4 | xargs -P 2 -n 1 echo | sort',
  ],
  ['xxd', 'printf "hello world" | xxd; printf "hello" | xxd -p; printf 68656c6c6f | xxd -r -p; printf abc | xxd -i'],
  [
    'xz',
    'echo "/Td6WFoAAAFpIt42AgAhARYAAAB0L+Wj4AAsABZdADQZSe6N74xo4x1uJBmn/SieiHw1AAAAAACYc+HDAAEuLXLgXm6QQpkNAQAAAAABWVo=" | base64 -d | xz -dc',
  ],
  [
    'xzcat',
    'echo "/Td6WFoAAAFpIt42AgAhARYAAAB0L+Wj4AAsABZdADQZSe6N74xo4x1uJBmn/SieiHw1AAAAAACYc+HDAAEuLXLgXm6QQpkNAQAAAAABWVo=" | base64 -d > f.xz; xzcat f.xz',
  ],
  ['yes', 'yes | head -n 3; yes a b | head -n 1'],
  ['zcat', 'seq 3 | gzip > f.gz; zcat f.gz'],
];

const STATE = "prints or changes the host's state";
const HARDWARE = 'needs hardware or a console that only a real machine has';
const NETWORK = 'needs a network beyond loopback';
const SERVICE = 'is a service that does not end, or administers the system';

/** The others, and why they are not asked. */
export const EXCLUDED: Readonly<Record<string, readonly string[]>> = {
  [STATE]:
    'df dmesg dnsdomainname free hostid hostname last logname lsmod lsscsi modinfo mount nproc netstat ps time top uptime w who date adjtimex hwclock rdate uevent sysctl losetup ifconfig route arp ipneigh swapon swapoff umount nsenter unshare pivot_root switch_root chroot fsfreeze fstrim mdev insmod rmmod modprobe depmod ionice renice taskset setpriv'.split(
      ' ',
    ),
  [HARDWARE]:
    'acpid blkdiscard blockdev chvt deallocvt devmem dumpkmap fatattr fdisk findfs freeramdisk i2cdetect i2cdump i2cget i2cset i2ctransfer kbd_mode loadfont loadkmap microcom mim mkdosfs mke2fs mkswap mt openvt partprobe resize setkeycodes tunctl ubirename watchdog cttyhack getty'.split(
      ' ',
    ),
  [NETWORK]:
    'arping brctl dumpleases ftpget ftpput ifdown ifup ipneigh nameif nslookup ping ping6 ssl_client tc telnet telnetd tftp traceroute traceroute6 udhcpc udhcpd vconfig'.split(
      ' ',
    ),
  [SERVICE]:
    'crond crontab halt init klogd linuxrc logger login logread nuke passwd poweroff reboot reset resume run-init start-stop-daemon su sulogin svc svok syslogd dpkg dpkg-deb rpm rpm2cpio killall linux32 linux64 busybox'.split(
      ' ',
    ),
};
