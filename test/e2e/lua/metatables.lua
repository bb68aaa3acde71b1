-- Metatables: every event, inheritance, proxies.
local V = {}
V.__index = V
local function vector(x, y) return setmetatable({ x = x, y = y }, V) end
V.__add = function(a, b) return vector(a.x + b.x, a.y + b.y) end
V.__sub = function(a, b) return vector(a.x - b.x, a.y - b.y) end
V.__mul = function(a, b) if type(a) == "number" then return vector(a * b.x, a * b.y) end; return a.x * b.x + a.y * b.y end
V.__unm = function(a) return vector(-a.x, -a.y) end
V.__eq = function(a, b) return a.x == b.x and a.y == b.y end
V.__lt = function(a, b) return a.x < b.x end
V.__le = function(a, b) return a.x <= b.x end
V.__len = function() return 2 end
V.__concat = function(a, b) return tostring(a) .. " & " .. tostring(b) end
V.__call = function(self, k) return self[k] end
V.__tostring = function(a) return "(" .. a.x .. ", " .. a.y .. ")" end
V.__name = "Vector"
local a, b = vector(1, 2), vector(3, 4)
print(tostring(a + b), tostring(b - a), a * b, tostring(2 * a), tostring(-a), a == vector(1, 2), a < b, a <= b, a > b, #a, a .. b, a .. "s", a("y"))
local ops = setmetatable({}, { __idiv = function() return "idiv" end, __div = function() return "div" end, __mod = function() return "mod" end, __pow = function() return "pow" end, __band = function() return "band" end, __bor = function() return "bor" end, __bxor = function() return "bxor" end, __shl = function() return "shl" end, __shr = function() return "shr" end, __bnot = function() return "bnot" end })
print(ops // 1, ops / 1, ops % 1, ops ^ 1, ops & 1, ops | 1, ops ~ 1, ops << 1, ops >> 1, ~ops)
local Animal = {}
Animal.__index = Animal
function Animal.new(name) return setmetatable({ name = name }, Animal) end
function Animal:speak() return self.name .. " makes a sound" end
local Dog = setmetatable({}, { __index = Animal })
Dog.__index = Dog
function Dog.new(name) return setmetatable(Animal.new(name), Dog) end
function Dog:speak() return Animal.speak(self) .. ": woof" end
print(Dog.new("Rex"):speak(), getmetatable(Dog.new("x")) == Dog)
local log = {}
local proxy = setmetatable({}, { __index = function(_, k) log[#log + 1] = "get " .. k; return k .. "!" end, __newindex = function(t, k, v) log[#log + 1] = "set " .. k; rawset(t, k, v) end })
print(proxy.a, rawget(proxy, "a"))
proxy.b = 1
print(proxy.b, table.concat(log, ", "))
print(getmetatable("").__index == string, pcall(setmetatable, setmetatable({}, { __metatable = "locked" }), {}))
local ordered = setmetatable({}, { __pairs = function() return function(_, k) if not k then return 1, "one" elseif k < 3 then return k + 1, "more" end end end })
for k, v in pairs(ordered) do io.write(k, "=", v, " ") end
print()
local default = setmetatable({}, { __index = { x = 1 } })
default.x = default.x + 1
print(default.x, rawget(default, "x"), rawequal(default, default), rawlen({ 1 }))
local deep = {}
for _ = 1, 50 do deep = setmetatable({}, { __index = deep }) end
print(deep.nothing, pcall(function() local t = {}; setmetatable(t, { __index = t }); return t.x end))
