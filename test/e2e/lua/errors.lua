-- Errors: pcall, xpcall, levels, error objects, tracebacks, assertions.
print(pcall(error, "message", 0), pcall(error), pcall(error, nil), select(2, pcall(error, { 1 }))[1])
local function level(n) error("at level " .. n, n) end
print(pcall(level, 1), pcall(level, 2))
print(xpcall(function() return nil + 1 end, function(m) return "handled: " .. m:gsub("^.-:%d+: ", "") end))
print(select("#", xpcall(function(...) return ... end, print, 1, nil, 3)))
print(pcall(assert, false, "asserted"), pcall(assert, nil), pcall(assert, 1, 2, 3))
for _, code in ipairs({ "return 1 + {}", "return #nil", "return {} < {}", "return 'a' < 1", "local t; t.x = 1", "undefined()", "return ('x')()", "return 2^53 | 0.5", "for i = 'a', 2 do end" }) do
  print((pcall(load(code, "=code"))), (select(2, pcall(load(code, "=code")))))
end
for _, code in ipairs({ "x =", "return return", "for", "goto nowhere", "break", "x = 'open", "--[[ open", "local a <wrong> = 1", "::a:: ::a::", "return '\\q'", "x = 0x" }) do
  print(load(code, "=syntax"))
end
local nested = pcall(function() local ok, e = pcall(error, "inner"); error(e .. " outer", 0) end)
print(nested, select(2, pcall(function() local ok, e = pcall(error, "inner", 0); error(e .. " outer", 0) end)))
local trace = debug.traceback("trace", 1)
print(trace:match("^trace\nstack traceback:") ~= nil)
local object = setmetatable({}, { __tostring = function() return "an object" end })
print(tostring(select(2, pcall(error, object))), select(2, pcall(error, object)) == object)
local info = debug.getinfo(1, "Sl")
print(info.what, info.currentline, debug.getinfo(print).what)
print(warn == nil or warn("@on"))
error(setmetatable({}, { __tostring = function() return "the last error" end }))
