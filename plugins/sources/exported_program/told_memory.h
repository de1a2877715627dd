// Which memory a run of a program would take, as the file tells it.

#ifndef STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_TOLD_MEMORY_H_
#define STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_TOLD_MEMORY_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/module_visitor.h"
#include "plugins/sources/exported_program/plan.h"
#include "plugins/sources/exported_program/program.h"
#include "plugins/sources/exported_program/tensor_specs.h"

namespace strata::exported_program {

// Tells a visitor of the memory that operators give tensors in: from the
// operator that makes it to the last that uses it, or a view of it. Of the
// inputs, of what is stored, and of what operators use for themselves nothing
// is told; what the model gives back is never freed.
class ToldMemory {
 public:
  // Refers to its arguments.
  ToldMemory(const Program& program, const Plan& plan, const TensorSpecs& specs,
             ModuleVisitor& visitor);

  // Around the visit of each operator, by its place in Plan::events.
  void BeforeVisit(size_t event);
  void AfterVisit(size_t event);

 private:
  static constexpr int64_t kOutside = -1;  // Not to be told of.

  template <typename Visit>
  void VisitValues(const Node& node, Visit visit) const;
  uint64_t StorageOf(Id value) const;
  void Tell(size_t event, uint64_t storage, bool allocated);

  const Program& program_;
  const Plan& plan_;
  const TensorSpecs& specs_;
  ModuleVisitor& visitor_;
  std::vector<int64_t> last_;   // By storage: the last event that uses it.
  std::vector<int64_t> bytes_;  // By storage, while it lives; kOutside.
};

}  // namespace strata::exported_program

#endif  // STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_TOLD_MEMORY_H_
