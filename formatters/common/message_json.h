// Protobuf messages as JSON text, each on one line.

#ifndef STRATA_FORMATTERS_COMMON_MESSAGE_JSON_H_
#define STRATA_FORMATTERS_COMMON_MESSAGE_JSON_H_

#include <string>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

// Protobuf's own printer is not used: it writes 64-bit integers as strings.
namespace strata::formatters::json {

// Whether the field stands in the text: always, unless its absence is known.
bool IsWritten(const google::protobuf::Message& message,
               const google::protobuf::FieldDescriptor& field);

// The field's value: a list where it repeats, an object for a map, whose keys
// are sorted (those of docs/contract.md's totals first, in its order).
void AppendField(const google::protobuf::Message& message,
                 const google::protobuf::FieldDescriptor& field,
                 std::string& out);

// One element of a field that repeats and is no map.
void AppendElement(const google::protobuf::Message& message,
                   const google::protobuf::FieldDescriptor& field, int index,
                   std::string& out);

// The message as an object.
void AppendMessage(const google::protobuf::Message& message, std::string& out);

}  // namespace strata::formatters::json

#endif  // STRATA_FORMATTERS_COMMON_MESSAGE_JSON_H_
