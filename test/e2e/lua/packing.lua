-- string.pack and unpack, utf8, goto, load and dump.
local function hex(s) return (s:gsub(".", function(c) return ("%02x"):format(c:byte()) end)) end
print(hex(string.pack("<i4 >i2 b B", -2, 258, -1, 255)), hex(string.pack("<d >f", 1.5, -0.5)), hex(string.pack("z s1 s2", "abc", "de", "f")))
print(string.unpack("<i4", string.pack("<i4", -123456)), string.unpack(">I8", "\0\0\0\0\0\0\1\2"), string.packsize("<i4 i8 !8 d"), hex(string.pack("!4 i1 i4", 1, 2)))
print(pcall(string.pack, "i1", 200), pcall(string.unpack, "i4", "abc"), string.unpack("z B", "hi\0\7rest"))
print(string.unpack("<i3", string.pack("<i3", -5)), string.unpack("<j n", string.pack("<j n", math.mininteger, math.pi)))
print(utf8.char(72, 228, 8364, 128512), utf8.len("häß€😀"), utf8.codepoint("€", 1), utf8.offset("häß", 3), utf8.len("\xff"))
for position, code in utf8.codes("aé€") do io.write(position, ":", code, " ") end
print(#utf8.charpattern, ("x€y"):match(utf8.charpattern, 2), pcall(utf8.codepoint, "\xff"))
for i = 1, 3 do
  for j = 1, 3 do
    if j == 2 then goto continue end
    io.write(i, j, " ")
    ::continue::
  end
end
do
  local n = 0
  ::again::
  n = n + 1
  if n < 5 then goto again end
  print(n)
end
local f = load("local a, b = ...; return a * b, _ENV == nil")
print(f(6, 7))
local env = { print = print }
print(load("x = 5; return x", "=chunk", "t", env)(), env.x, x)
local dumped = string.dump(function(a) return a + 1 end, true)
print(load(dumped, "=binary", "b")(41), load(dumped, "=binary", "t"))
local pieces = { "return ", "1 ", "+ 2" }
local at = 0
print(load(function() at = at + 1; return pieces[at] end)())
print(require == nil or pcall(require, "no.such.module") == false, package.config:sub(1, 1), type(package.searchers))
print(dofile == nil, select("#", load("return ...")(1, 2, 3)), _VERSION)
