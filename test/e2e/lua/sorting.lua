-- Sorting: table.sort with and without a comparison, a heap, and a comparison that is wrong.
local x = 1
local function random(n) x = (x * 16807) % 2147483647; return x % n end
local numbers = {}
for i = 1, 4000 do numbers[i] = random(100000) end
table.sort(numbers)
local sorted = true
for i = 2, #numbers do sorted = sorted and numbers[i - 1] <= numbers[i] end
print(sorted, numbers[1], numbers[2000], numbers[4000])
local people = {}
for i = 1, 500 do people[i] = { name = ("%c%c"):format(97 + random(26), 97 + random(26)), age = random(90) } end
table.sort(people, function(p, q) if p.age ~= q.age then return p.age > q.age end; return p.name < q.name end)
for i = 1, 5 do io.write(people[i].name, " ", people[i].age, "; ") end
print()
local words = {}
for word in ("the quick brown fox jumps over the lazy dog"):gmatch("%a+") do words[#words + 1] = word end
table.sort(words, function(a, b) return #a == #b and a < b or #a < #b end)
print(table.concat(words, " "))
print(pcall(table.sort, { 3, "x", 1 }))
print((pcall(table.sort, { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }, function() return true end)))
local heap, size = {}, 0
local function push(v)
  size = size + 1
  local at = size
  while at > 1 and heap[at // 2] > v do heap[at] = heap[at // 2]; at = at // 2 end
  heap[at] = v
end
local function pop()
  local top, v = heap[1], heap[size]
  size = size - 1
  local at = 1
  while at * 2 <= size do
    local child = at * 2
    if child < size and heap[child + 1] < heap[child] then child = child + 1 end
    if heap[child] >= v then break end
    heap[at] = heap[child]
    at = child
  end
  heap[at] = v
  return top
end
for _ = 1, 1000 do push(random(1000000)) end
local out, last = 0, -1
for _ = 1, 1000 do local v = pop(); if v >= last then out = out + 1 end; last = v end
print(out, last)
