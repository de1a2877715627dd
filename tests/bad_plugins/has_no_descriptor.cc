// a library like any other

extern "C" int Answer() { return 42; }
