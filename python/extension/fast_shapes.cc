#include "python/extension/fast_shapes.h"

#include <c10/util/Exception.h>
#include <torch/library.h>

#include "plugins/sources/libtorch/run_settings.h"
#include "plugins/sources/libtorch/shape_rules.h"
#include "python/extension/kernel_list.h"
#include "python/extension/structured_kernels.h"
#include "python/extension/written_kernels.h"

namespace strata::python {
namespace {

const KernelList& AllKernels() {
  static const auto* const all = [] {
    auto* const kernels = new KernelList;
    AddElementwise(*kernels);
    AddLayers(*kernels);
    AddChecked(*kernels);
    AddComposite(*kernels);
    AddWrittenFunctions(*kernels);
    AddWrittenLayers(*kernels);
    return kernels;
  }();
  return *all;
}

}  // namespace

struct FastShapes::Registered {
  torch::Library rules;
  std::vector<c10::RegistrationHandleRAII> kernels;
};

FastShapes::FastShapes() {
  // It warns that there are kernels already: that is the point.
  libtorch::KeptWarnings passed_over;
  const c10::WarningUtils::WarningHandlerGuard guard(&passed_over);
  registered_ = std::make_unique<Registered>(
      Registered{torch::Library(torch::Library::IMPL, "aten",
                                c10::DispatchKey::Meta, __FILE__, __LINE__),
                 {}});
  libtorch::RegisterShapeRules(registered_->rules);
  registered_->kernels = AllKernels().Register();
}

FastShapes::~FastShapes() = default;

}  // namespace strata::python
