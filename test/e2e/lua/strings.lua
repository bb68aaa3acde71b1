-- The string library: patterns, substitution, formatting.
print(("hello"):rep(3, "-"), ("x"):byte(), string.char(72, 105), #"a\0b", ("abc"):reverse(), ("MiXed"):lower(), ("MiXed"):upper())
print(("hello world"):find("wor"), ("hello"):find("l+"), ("a.b"):find(".", 2, true), ("hello"):sub(-3, -2), ("hello"):sub(2))
print(("key = value"):match("^(%w+)%s*=%s*(%w+)$"), ("[[nested]]"):match("%b[]"), ("THE (quick) fox"):find("%((%a+)%)"))
for word, number in ("one=1, two=2, three=3"):gmatch("(%a+)=(%d)") do io.write(word, ":", number, " ") end
print()
print(("hello world"):gsub("o", "0", 1), ("abc"):gsub("%w", "%0%0"), ("$name is $age"):gsub("%$(%w+)", { name = "Ann", age = 30 }))
print(("hello"):gsub("", "-"), ("abc"):gsub(".", function(c) if c == "b" then return "[" .. c .. "]" end end))
print(string.format("%5d|%-5d|%05d|%+d|%x|%X|%#x|%o", 42, 42, 42, 42, 255, 255, 255, 8))
print(string.format("%10.3f|%-10.2e|%g|%g|%g|%G", math.pi, 12345.678, 1e20, 0.1, 1e-10, 1e-7))
print(string.format("%q", 'a "quoted"\n\0line\\'), string.format("%q %q %q", 1, 1.5, math.mininteger))
print(string.format("%s %10s %-10s| %.2s %c %%", true, "right", "left", "cut", 65), string.format("%a %a", 1, 0.5))
print(string.format("%i", 3.0), pcall(string.format, "%d", 3.5), pcall(string.format, "%y", 1))
print(tostring(1e15), tostring(1e16), tostring(-0.0), tostring(1 / 0), tostring(2 ^ 53), 10 // 3, 10.0 // 3, -7 // 2, -7 % 3, 7 % -3, 5.5 % 2)
print(("%frontier THE END"):gsub("%f[%a]%a+", string.lower), ("x"):rep(0), ("x"):rep(-1), ("a,b,,c"):gsub(",", ";"))
print(tonumber("0x1p4"), tonumber("  12  "), tonumber("1e1"), tonumber("z", 36), tonumber("8", 8), tonumber("ff", 16), tonumber(""), "10" + 5, "3" * "4", 10 .. 20)
local parts = {}
for i = 1, 2000 do parts[#parts + 1] = i * i end
local long = table.concat(parts, ",")
print(#long, long:sub(-20), select(2, long:gsub("9", "")))
print(("äöü"):len(), ("\u{20AC}"):byte(1, -1))
