// Says exactly when a C++ module runs, for Strata's summaries of it. Needs no
// library, and costs a look at one pointer of the thread where nobody watches.
//
//   torch::Tensor BlockImpl::forward(torch::Tensor x) {
//     STRATA_MODULE_SCOPE(this);
//     ...
//
// For layers whose class is not one's own: strata::CallInScope(relu, x) in
// place of relu(x).

#ifndef STRATA_PLUGINS_SOURCES_TORCH_MODULE_SCOPE_H_
#define STRATA_PLUGINS_SOURCES_TORCH_MODULE_SCOPE_H_

#include <exception>
#include <utility>

namespace torch::nn {
class Module;
}

namespace strata {

// Who is told of scopes on this thread; null: nobody.
class ScopeListener {
 public:
  virtual void EnterScope(const torch::nn::Module* module) = 0;
  // `is_raised`: an exception ends it.
  virtual void LeaveScope(bool is_raised) = 0;

 protected:
  ~ScopeListener() = default;
};
inline thread_local ScopeListener* scope_listener = nullptr;

// While it lives, this module's forward runs. `module` must be registered in
// the one that is summarised; of others nothing is noted.
class ModuleScope {
 public:
  explicit ModuleScope(const torch::nn::Module* module)
      : listener_(scope_listener) {
    if (listener_ == nullptr) return;
    exceptions_ = std::uncaught_exceptions();
    listener_->EnterScope(module);
  }
  ~ModuleScope() {
    if (listener_ == nullptr) return;
    listener_->LeaveScope(std::uncaught_exceptions() > exceptions_);
  }
  ModuleScope(const ModuleScope&) = delete;
  ModuleScope& operator=(const ModuleScope&) = delete;

 private:
  ScopeListener* const listener_;
  int exceptions_ = 0;
};

// Calls the forward of a module, a holder (torch::nn::ReLU) or a shared_ptr, in
// a scope of its own.
template <typename Holder, typename... Arguments>
auto CallInScope(Holder& module, Arguments&&... arguments) {
  const ModuleScope scope(&*module);
  return module->forward(std::forward<Arguments>(arguments)...);
}

}  // namespace strata

// At the start of a forward.
#define STRATA_MODULE_SCOPE(module) \
  const ::strata::ModuleScope strata_module_scope(module)

#endif  // STRATA_PLUGINS_SOURCES_TORCH_MODULE_SCOPE_H_
