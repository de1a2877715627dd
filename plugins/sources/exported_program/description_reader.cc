// Of GraphReader: sizes, dtypes, and what tensors are.

#include "absl/strings/str_cat.h"
#include "plugins/sources/exported_program/graph_reader.h"
#include "plugins/sources/exported_program/return_if_error.h"

namespace strata::exported_program {

// ScalarType of torch/_export/serde/schema.py.
DType ExportedDType(int64_t number) {
  switch (number) {
    case 1:
      return DType::kUInt8;
    case 2:
      return DType::kInt8;
    case 3:
      return DType::kInt16;
    case 4:
      return DType::kInt32;
    case 5:
      return DType::kInt64;
    case 6:
      return DType::kFloat16;
    case 7:
      return DType::kFloat32;
    case 8:
      return DType::kFloat64;
    case 9:
      return DType::kComplex32;
    case 10:
      return DType::kComplex64;
    case 11:
      return DType::kComplex128;
    case 12:
      return DType::kBool;
    case 13:
      return DType::kBFloat16;
    case 28:
      return DType::kUInt16;
    case 29:
      return DType::kFloat8E4M3FN;
    case 30:
      return DType::kFloat8E5M2;
    case 34:
      return DType::kUInt32;
    case 35:
      return DType::kUInt64;
    default:
      return DType::kUnknown;
  }
}

absl::Status GraphReader::ReadHint(JsonValue value, Size& size) {
  if (json_.IsNull(value)) return absl::OkStatus();
  return json_.VisitUnion(
      value, [&](absl::string_view kind, JsonValue inner) -> absl::Status {
        if (kind != "as_int") return absl::OkStatus();
        absl::StatusOr<int64_t> hint = json_.Integer(inner);
        if (!hint.ok()) return hint.status();
        size.hint = *hint;
        size.has_hint = true;
        return absl::OkStatus();
      });
}

absl::StatusOr<Size> GraphReader::ReadSize(JsonValue value) {
  Size size;
  RETURN_IF_ERROR(json_.VisitUnion(
      value, [&](absl::string_view kind, JsonValue inner) -> absl::Status {
        if (kind == "as_int") {
          absl::StatusOr<int64_t> number = json_.Integer(inner);
          if (number.ok()) size.hint = *number;
          return number.status();
        }
        if (kind != "as_expr") return json_.Error("expected a size");
        size.has_hint = false;
        return json_.VisitObject(
            inner, [&](absl::string_view key, JsonValue part) -> absl::Status {
              if (key == "hint") return ReadHint(part, size);
              if (key != "expr_str") return absl::OkStatus();
              absl::StatusOr<absl::string_view> text = json_.String(part);
              if (!text.ok()) return text.status();
              size.expression = program_.expressions.Add(*text);
              if (program_.expressions.symbols().size() > kMostSymbols) {
                return json_.Error(
                    absl::StrCat("more than ", kMostSymbols, " open sizes"));
              }
              return absl::OkStatus();
            });
      }));
  return size;
}

absl::Status GraphReader::ReadSizes(JsonValue value, std::vector<Size>& sizes) {
  return json_.VisitList(value, [&](JsonValue one) -> absl::Status {
    absl::StatusOr<Size> size = ReadSize(one);
    if (!size.ok()) return size.status();
    if (size->hint < 0) {
      return json_.Error(absl::StrCat("expected a size, found ", size->hint));
    }
    sizes.push_back(*size);
    return absl::OkStatus();
  });
}

absl::Status GraphReader::ReadDescription(JsonValue value,
                                          Description& description) {
  description.sizes.clear();
  description.strides.clear();
  description.storage_offset = 0;
  description.requires_grad = false;
  bool has_dtype = false;
  bool has_sizes = false;
  RETURN_IF_ERROR(json_.VisitObject(
      value, [&](absl::string_view key, JsonValue field) -> absl::Status {
        if (key == "dtype") {
          absl::StatusOr<int64_t> number = json_.Integer(field);
          if (!number.ok()) return number.status();
          has_dtype = true;
          description.dtype = ExportedDType(*number);
        } else if (key == "sizes") {
          has_sizes = true;
          return ReadSizes(field, description.sizes);
        } else if (key == "strides" && program_.is_for_run) {
          return ReadSizes(field, description.strides);
        } else if (key == "requires_grad") {
          absl::StatusOr<bool> flag = json_.Bool(field);
          if (flag.ok()) description.requires_grad = *flag;
          return flag.status();
        } else if (key == "storage_offset") {
          absl::StatusOr<Size> offset = ReadSize(field);
          if (offset.ok()) description.storage_offset = offset->hint;
          return offset.status();
        }
        return absl::OkStatus();
      }));
  if (!has_dtype) return json_.Missing("dtype");
  if (!has_sizes) return json_.Missing("sizes");
  return absl::OkStatus();
}

}  // namespace strata::exported_program
