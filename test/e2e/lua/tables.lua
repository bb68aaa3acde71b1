-- Tables: the library, borders, large ones, order of sequences.
local t = { 10, 20, 30, nil, 50, n = 5, [3.0] = "three", ["x y"] = true }
print(#{ 1, 2, 3 }, t[3], t["x y"], next({}), rawlen({ 1, 2 }), rawequal(t, t), select("#", table.unpack(t, 1, 5)))
table.insert(t, 1, "first")
print(t[1], t[2], table.remove({ 1, 2, 3 }), table.remove({ 1, 2, 3 }, 1), table.concat({ 1, 2.5, "x" }, "-", 2), table.unpack({ 1, 2, 3 }, 2))
print(table.pack(1, nil, 3).n, select(-1, "a", "b"), table.concat(table.move({ 1, 2, 3 }, 1, 3, 3)))
local big = {}
for i = 1, 40000 do big[i] = i end
for i = 1, 40000, 2 do big[i] = nil end
local count, sum = 0, 0
for _, value in pairs(big) do count, sum = count + 1, sum + value end
print(count, sum)
local words = {}
for i = 1, 5000 do words["key" .. i] = i end
local total = 0
for i = 1, 5000 do total = total + words["key" .. i] end
for i = 1, 5000 do words["key" .. i] = nil end
print(total, next(words))
local matrix = {}
for i = 1, 24 do
  matrix[i] = {}
  for j = 1, 24 do matrix[i][j] = i * j % 7 end
end
local product = 0
for i = 1, 24 do
  for j = 1, 24 do
    local cell = 0
    for k = 1, 24 do cell = cell + matrix[i][k] * matrix[k][j] end
    product = product + cell
  end
end
print(product)
print(pcall(table.concat, { 1, {}, 3 }), pcall(table.insert, { 1 }, 5, 2), pcall(function() local x = {}; x[nil] = 1 end), pcall(function() local x = {}; x[0 / 0] = 1 end))
local queue, first, last = {}, 1, 0
for i = 1, 1000 do last = last + 1; queue[last] = i; if i % 3 == 0 then queue[first] = nil; first = first + 1 end end
print(first, last, queue[first], queue[last])
