-- The collector: weak tables, finalizers, generations, memory that comes back.
collectgarbage()
local before = collectgarbage("count")
do
  local garbage = {}
  for i = 1, 5000 do garbage[i] = { i, tostring(i) } end
end
collectgarbage()
collectgarbage()
print(collectgarbage("count") - before < 100)
local weak = setmetatable({}, { __mode = "k" })
local kept = {}
weak[kept] = 1
for i = 1, 100 do weak[{}] = i end
collectgarbage()
local n = 0
for _ in pairs(weak) do n = n + 1 end
print(n)
local values = setmetatable({}, { __mode = "v" })
values[1] = {}
values[2] = kept
values.s = "string"
collectgarbage()
print(values[1], values[2] == kept, values.s)
local ephemeron = setmetatable({}, { __mode = "k" })
do
  local key = {}
  ephemeron[key] = { key }
end
collectgarbage()
print(next(ephemeron))
local order = {}
for i = 1, 5 do setmetatable({}, { __gc = function() order[#order + 1] = i end }) end
collectgarbage()
print(table.concat(order, " "))
local resurrected
setmetatable({ name = "back" }, { __gc = function(o) resurrected = o end })
collectgarbage()
print(resurrected and resurrected.name)
print(collectgarbage("generational"), collectgarbage("incremental"), collectgarbage("isrunning"))
collectgarbage("stop")
print(collectgarbage("isrunning"))
collectgarbage("restart")
collectgarbage("generational")
local list
for i = 1, 20000 do list = { next = i % 1000 ~= 0 and list or nil, value = i } end
local length = 0
while list do length = length + 1; list = list.next end
print(length)
setmetatable({}, { __gc = function() print("at the end") end })
