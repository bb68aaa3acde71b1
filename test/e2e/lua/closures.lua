-- Functions: upvalues, varargs, tail calls, recursion, to-be-closed and constant variables.
local function counter()
  local n = 0
  return function() n = n + 1; return n end, function() return n end
end
local up, get = counter()
up(); up()
print(get(), up())
local made = {}
for i = 1, 3 do made[i] = function() i = i + 10; return i end end
print(made[1](), made[1](), made[2](), made[3]())
local function sum(...) local s = 0; for _, v in ipairs({ ... }) do s = s + v end; return s, select("#", ...) end
print(sum(1, 2, 3), (sum(1, 2)), sum())
local function loop(n, acc) if n == 0 then return acc end; return loop(n - 1, acc + n) end
print(loop(20000, 0))
local function fib(n) if n < 2 then return n end; return fib(n - 1) + fib(n - 2) end
print(fib(17))
local function ackermann(m, n) if m == 0 then return n + 1 elseif n == 0 then return ackermann(m - 1, 1) else return ackermann(m - 1, ackermann(m, n - 1)) end end
print(ackermann(2, 5))
do
  local order = {}
  local function closing(name) return setmetatable({}, { __close = function(_, err) order[#order + 1] = name .. ":" .. tostring(err) end }) end
  print(pcall(function()
    local a <close> = closing("a")
    local b <close> = closing("b")
    error("stop", 0)
  end))
  print(table.concat(order, " "))
end
print(load("local x <const> = 1; x = 2"))
local compose = function(...) local fs = { ... }; return function(x) for i = #fs, 1, -1 do x = fs[i](x) end; return x end end
print(compose(function(x) return x + 1 end, function(x) return x * 2 end)(5))
local ok, why = pcall(function() local function f() return f() + 1 end; return f() end)
print((function(...) return select("#", ...) end)(nil, nil), ok, why:match("stack overflow"))
