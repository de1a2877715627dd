// The least that a reader of exported programs must do: maps the file, finds
// the program's JSON and goes through all of it with simdjson.
//
//   minimal_exported MODEL.pt2

#include <simdjson.h>

#include <cstdint>
#include <cstdio>
#include <string_view>

#include "absl/strings/match.h"
#include "core/mapped_file.h"
#include "core/zip_directory.h"

namespace {

using simdjson::ondemand::json_type;

// The values that were seen, so that none of the work can be left out.
template <typename Value>
uint64_t Walk(Value value) {
  uint64_t seen = 1;
  switch (value.type().value()) {
    case json_type::array:
      for (auto element : value.get_array()) seen += Walk(element.value());
      break;
    case json_type::object:
      for (auto field : value.get_object()) {
        seen += field.unescaped_key().value().size();
        seen += Walk(field.value().value());
      }
      break;
    case json_type::string:
      seen += value.get_string().value().size();
      break;
    case json_type::number:
      seen += static_cast<uint64_t>(value.get_double().value()) & 1;
      break;
    case json_type::boolean:
      seen += value.get_bool().value() ? 1 : 0;
      break;
    case json_type::null:
      break;
  }
  return seen;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const auto file = strata::MappedFile::Open(argv[1]);
  if (file == nullptr) return 1;
  const auto directory = strata::FindZipDirectory(file->bytes());
  if (!directory) return 1;
  for (const strata::ZipPlace& place : directory->places) {
    if (!absl::StrContains(place.name, "/models/")) continue;
    const auto bytes = file->bytes();
    const auto length = [&](size_t at) {
      return static_cast<unsigned char>(bytes[at]) |
             static_cast<unsigned char>(bytes[at + 1]) << 8;
    };
    const size_t begin = place.offset + 30 + length(place.offset + 26) +
                         length(place.offset + 28);
    simdjson::ondemand::parser parser;
    simdjson::ondemand::document document;
    const simdjson::padded_string_view text(
        bytes.data() + begin, place.size,
        place.size + simdjson::SIMDJSON_PADDING);
    if (parser.iterate(text).get(document)) return 1;
    std::printf("%llu\n", static_cast<unsigned long long>(
                              Walk(document.get_value().value())));
  }
  return 0;
}
