-- Coroutines: generators, errors across them, wrap, close, many at a time.
local function range(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(i) end end) end
local seen = {}
for i in range(5) do seen[#seen + 1] = i end
print(table.concat(seen, " "))
local co = coroutine.create(function(a, b)
  local c = coroutine.yield(a + b)
  local d, e = coroutine.yield(c * 2)
  return d + e, "end"
end)
print(coroutine.resume(co, 1, 2))
print(coroutine.status(co), coroutine.resume(co, 10))
print(coroutine.resume(co, 3, 4))
print(coroutine.status(co), coroutine.resume(co))
local bad = coroutine.create(function() local x = nil; return x.field end)
local ok, message = coroutine.resume(bad)
print(ok, message:match("attempt to index a nil value"), coroutine.status(bad))
local raised, value = pcall(coroutine.wrap(function() error({ code = 7 }) end))
print(raised, value.code)
print(coroutine.isyieldable(), type((coroutine.running())), select(2, coroutine.running()))
local function permute(a, n)
  n = n or #a
  if n <= 1 then coroutine.yield(table.concat(a)) end
  for i = 1, n do
    a[n], a[i] = a[i], a[n]
    permute(a, n - 1)
    a[n], a[i] = a[i], a[n]
  end
end
local all = {}
for p in coroutine.wrap(function() permute({ "a", "b", "c", "d" }) end) do all[#all + 1] = p end
print(#all, all[1], all[24])
local tasks, log = {}, {}
for n = 1, 150 do
  tasks[n] = coroutine.create(function() for step = 1, 10 do log[#log + 1] = n * step; coroutine.yield() end end)
end
local alive = #tasks
while alive > 0 do
  alive = 0
  for _, task in ipairs(tasks) do
    if coroutine.status(task) ~= "dead" then coroutine.resume(task); alive = alive + 1 end
  end
end
local s = 0
for _, v in ipairs(log) do s = s + v end
print(#log, s)
local closing = coroutine.create(function()
  local guard <close> = setmetatable({}, { __close = function() print("closed") end })
  coroutine.yield(1)
end)
coroutine.resume(closing)
print(coroutine.close(closing), coroutine.status(closing))
print(pcall(coroutine.yield), select(2, coroutine.resume(coroutine.create(function() return pcall(function() coroutine.yield("through pcall") end) end))))
