// Links LibTorch, does nothing and exits: the least that any program with
// LibTorch in it costs. What bench/shapes.py measures against.

#include <ATen/Parallel.h>

int main(int argc, char**) {
  // Named, so that the linker keeps the library; never called.
  return argc > 1000 ? at::get_num_threads() : 0;
}
