-- Integers and floats: conversions, limits, the math library, formatted to the last digit.
print(math.maxinteger, math.mininteger, math.maxinteger + 1 == math.mininteger, math.huge, -math.huge, math.pi)
print(1 // 0.0, -1 // 0.0, 0 / 0 ~= 0 / 0, 3 | 4, 7 & 2, 5 ~ 1, ~0, 1 << 62, 1 << 64, -1 >> 1, 2 ^ 0.5, 7 // 0.5)
print(pcall(function() return 1 // 0 end), pcall(function() return 1 % 0 end), pcall(function() return 1.5 | 1 end))
print(math.type(1), math.type(1.0), math.type("1"), math.tointeger(3.0), math.tointeger(3.5), math.tointeger("8"), 3 == 3.0, 1 < 1.5, math.ult(1, -1))
print(math.floor(-3.5), math.ceil(-3.5), math.fmod(-7, 3), math.fmod(7, -3.5), math.modf(-3.7), math.abs(-5), math.max(1, 2.5), math.min(3, -1))
for _, f in ipairs({ "sin", "cos", "tan", "asin", "acos", "atan", "exp", "sqrt" }) do
  io.write(f)
  for x = -1, 1, 0.25 do io.write(string.format(" %.17g", math[f](x))) end
  print()
end
print(string.format("%.17g %.17g %.17g", math.log(10), math.log(8, 2), math.log(1000, 10)), string.format("%.14g", 1e300 * 1e10))
print(0.1 + 0.2, 1e308 * 10, 5e-324, 2 ^ 1023, 123456789012345678, 0x7fffffffffffffff, 0xffffffffffffffff, 1e100)
for _, text in ipairs({ "1", "0x10", "1e5", "0x.8p1", ".5", "5.", "1e", "0x", "1 2", "inf", "nan", "9223372036854775808", "-9223372036854775808", "1e400" }) do
  io.write(tostring(tonumber(text)), " ")
end
print()
local x = 12345
local function random() x = (x * 1103515245 + 12345) % 2147483648; return x / 2147483648 end
local inside = 0
for _ = 1, 10000 do local a, b = random(), random(); if a * a + b * b < 1 then inside = inside + 1 end end
print(4 * inside / 10000)
math.randomseed(42)
print(math.random(1, 100), math.random(1, 100), math.random(0), string.format("%.17g", math.random()))
for i = -3, 3 do io.write(string.format("%g %g %g | ", i * 0.1, 10.0 ^ i, i // 2)) end
print()
for i = 1, 3 do io.write(i, " ") end
for i = 1.0, 2, 0.5 do io.write(i, " ") end
for i = math.maxinteger - 1, math.maxinteger do io.write(i, " ") end
print(pcall(function() for i = 1, 10, 0 do end end))
