/* A program of ours around a Lua library: runs the script that is its argument, as lua.c does. */

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdio.h>

static int traceback(lua_State *L) {
  luaL_traceback(L, L, luaL_tolstring(L, 1, NULL), 1);
  return 1;
}

int main(int argc, char **argv) {
  lua_State *L = luaL_newstate();
  if (!L || argc < 2) return 2;
  luaL_openlibs(L);
  lua_createtable(L, argc - 2, 1);
  for (int n = 1; n < argc; n++) {
    lua_pushstring(L, argv[n]);
    lua_rawseti(L, -2, n - 1);
  }
  lua_setglobal(L, "arg");
  lua_pushcfunction(L, traceback);
  int failed = luaL_loadfile(L, argv[1]) || lua_pcall(L, 0, 0, -2);
  if (failed) fprintf(stderr, "host: %s\n", lua_tostring(L, -1));
  lua_close(L);
  return failed;
}
