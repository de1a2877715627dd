#include "tools/config.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/error.h"
#include "core/trusted_path.h"
#include "tools/config.pb.h"

namespace strata::tools {
namespace {

namespace fs = std::filesystem;
using google::protobuf::FieldDescriptor;
using google::protobuf::TextFormat;

constexpr char kCannotRead[] = "cannot read configuration";
constexpr char kFileName[] = ".strata.textproto";

// Keeps the first error; the rest follow from it.
class FirstError : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, int /*column*/, const std::string& message) override {
    if (text_.empty()) text_ = absl::StrCat("line ", line + 1, ": ", message);
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// As it stands on the command line.
std::string ValueText(const Config& config, const FieldDescriptor& field,
                      int index) {
  const google::protobuf::Reflection& reflection = *config.GetReflection();
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    return field.is_repeated()
               ? reflection.GetRepeatedString(config, &field, index)
               : reflection.GetString(config, &field);
  }
  std::string text;
  TextFormat::PrintFieldValueToString(config, &field, index, &text);
  return text;
}

bool IsList(const std::string& name) { return name != "set"; }

// What makes a list of the values; none of them may hold it.
const char* Separator(const std::string& name) {
  return name == "plugin_path" ? ":" : ",";
}

absl::Status CheckValue(const std::string& name, const std::string& text) {
  if (!IsList(name)) return absl::OkStatus();
  if (absl::StrContains(text, Separator(name))) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", text, "': expected one value, without '",
                     Separator(name), "'; the field may be repeated"));
  }
  // Wherever the user stands, it is the same folder.
  if (name == "plugin_path" && !fs::path(text).is_absolute()) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", text, "': expected an absolute folder"));
  }
  return absl::OkStatus();
}

}  // namespace

std::string PlaceOf(const SavedConfig& config, const ConfigEntry& entry) {
  return absl::StrCat(config.file, ":", entry.line, ": field '", entry.name,
                      "'");
}

absl::StatusOr<SavedConfig> ReadConfig(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  std::stringstream content;
  if (!stream || !(content << stream.rdbuf())) {
    std::error_code error;
    // An empty file is one, and says nothing.
    if (!fs::is_empty(file, error) || error) {
      return MakeError(absl::StatusCode::kNotFound, kCannotRead, file,
                       "no such file, or it may not be read");
    }
  }
  TextFormat::Parser parser;
  FirstError first;
  TextFormat::ParseInfoTree places;
  parser.RecordErrorsTo(&first);
  parser.WriteLocationsTo(&places);
  Config message;
  if (!parser.ParseFromString(content.str(), &message)) {
    return MakeError(absl::StatusCode::kInvalidArgument, kCannotRead, file,
                     first.text());
  }
  SavedConfig config{file, {}};
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const int size = field->is_repeated()
                         ? message.GetReflection()->FieldSize(message, field)
                         : 1;
    for (int i = 0; i < size; ++i) {
      const int index = field->is_repeated() ? i : -1;
      ConfigEntry entry{std::string(field->name()),
                        ValueText(message, *field, index),
                        places.GetLocation(field, index).line + 1};
      const absl::Status fits = field->is_repeated()
                                    ? CheckValue(entry.name, entry.text)
                                    : absl::OkStatus();
      if (!fits.ok()) {
        return absl::InvalidArgumentError(
            absl::StrCat(PlaceOf(config, entry), ": ", fits.message()));
      }
      if (IsList(entry.name) && i > 0) {
        absl::StrAppend(&config.entries.back().text, Separator(entry.name),
                        entry.text);
      } else {
        config.entries.push_back(std::move(entry));
      }
    }
  }
  return config;
}

FoundConfig FindConfig() {
  std::error_code error;
  fs::path folder = fs::current_path(error);
  while (!error) {
    const fs::path file = folder / kFileName;
    std::error_code none;
    if (fs::exists(file, none)) return {file, WhyNotTrusted(file)};
    if (folder == folder.parent_path()) break;
    folder = folder.parent_path();
  }
  return {};
}

}  // namespace strata::tools
