#include "formatters/svg/read_graph.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "absl/container/node_hash_map.h"

// The functions here are templates, because their exact types are different
// from one version of Graphviz to another: each is made for the type that its
// place in the discipline has.

namespace strata::formatters::svg {
namespace {

// Even: of names. Odd: of things without one.
struct Ids {
  absl::node_hash_map<std::string, IDTYPE> by_name;  // Names stay in place.
  absl::node_hash_map<IDTYPE, char*> names;
  IDTYPE next_named = 2;
  IDTYPE next_unnamed = 1;
};

template <typename... Ignored>
void* Open(Ignored...) {
  return new Ids;
}

template <typename Result, typename Text, typename Flag>
Result Map(void* state, int /*kind*/, Text name, IDTYPE* id, Flag create) {
  Ids& ids = *static_cast<Ids*>(state);
  if (name == nullptr) {
    *id = ids.next_unnamed;
    ids.next_unnamed += 2;
    return static_cast<Result>(true);
  }
  const auto found = ids.by_name.find(name);
  if (found != ids.by_name.end()) {
    *id = found->second;
    return static_cast<Result>(true);
  }
  if (!create) return static_cast<Result>(false);
  const auto added = ids.by_name.emplace(name, ids.next_named).first;
  ids.names[ids.next_named] = const_cast<char*>(added->first.c_str());
  *id = ids.next_named;
  ids.next_named += 2;
  return static_cast<Result>(true);
}

// Nobody asks for an id of their choice.
template <typename Result, typename... Ignored>
Result Allocate(Ignored...) {
  return static_cast<Result>(false);
}

template <typename... Ignored>
void Nothing(Ignored...) {}

template <typename Result>
Result Name(void* state, int /*kind*/, IDTYPE id) {
  Ids& ids = *static_cast<Ids*>(state);
  const auto found = ids.names.find(id);
  return found == ids.names.end() ? nullptr : found->second;
}

void Close(void* state) { delete static_cast<Ids*>(state); }

template <typename Result>
Result Read(void* channel, char* buffer, int size) {
  auto& rest = *static_cast<absl::string_view*>(channel);
  const size_t count = std::min<size_t>(rest.size(), size);
  std::memcpy(buffer, rest.data(), count);
  rest.remove_prefix(count);
  return static_cast<Result>(count);
}

Agiddisc_t MakeIdDiscipline() {
  Agiddisc_t ids = {};
  ids.open = Open;
  ids.map = Map;
  ids.alloc = Allocate;
  ids.free = Nothing;
  ids.print = Name;
  ids.close = Close;
  ids.idregister = Nothing;
  return ids;
}

}  // namespace

Agraph_t* ReadGraph(absl::string_view dot) {
  static Agiddisc_t ids = MakeIdDiscipline();
  static Agiodisc_t reading = [] {
    Agiodisc_t made = AgIoDisc;
    made.afread = Read;
    return made;
  }();
  Agdisc_t discipline = {};
  discipline.id = &ids;
  discipline.io = &reading;
  return agread(&dot, &discipline);
}

}  // namespace strata::formatters::svg
