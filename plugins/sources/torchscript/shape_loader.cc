#include "plugins/sources/torchscript/shape_loader.h"

#include <c10/core/CPUAllocator.h>
#include <caffe2/serialize/versions.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/csrc/jit/serialization/import_source.h>
#include <torch/csrc/jit/serialization/unpickler.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "core/zip_archive.h"
#include "plugins/sources/torchscript/archive_layout.h"
#include "plugins/sources/torchscript/chain_code.h"
#include "plugins/sources/torchscript/kept_values.h"
#include "plugins/sources/torchscript/module_objects.h"
#include "plugins/sources/torchscript/packed_states.h"
#include "plugins/sources/torchscript/pickled_tensors.h"
#include "plugins/sources/torchscript/shape_kernels.h"
#include "plugins/sources/torchscript/watch_points.h"

// What torch/csrc/jit/serialization/import.cpp does, from LibTorch's public
// parts, with three differences: tensors get no bytes; objects get meta tensors
// as they are made; and code of before 2020 for quantized convolutions is not
// rewritten, which costs twice as much as all the rest (such a file's run fails
// here, and then LibTorch loads it).

namespace strata::torchscript {
namespace {

// A tensor of one number has its value: code may branch on it.
constexpr uint64_t kNumberBytes = 16;
// More than any code: a size like that is a lie, or no TorchScript file.
constexpr uint64_t kMostBytes = uint64_t{1} << 31;

// The modules of a chain that LibTorch need not compile: for fewer its way is
// fast enough.
constexpr int kLongChain = 64;

// Keeps LibTorch from optimizing what it runs while it loads: __setstate__.
class Unoptimized {
 public:
  Unoptimized() : was_(torch::jit::getGraphExecutorOptimize()) {
    torch::jit::setGraphExecutorOptimize(false);
  }
  ~Unoptimized() { torch::jit::setGraphExecutorOptimize(was_); }

 private:
  const bool was_;
};

class Loader {
 public:
  Loader(std::shared_ptr<ZipArchive> archive, std::string root,
         uint64_t version)
      : archive_(std::move(archive)),
        root_(std::move(root)),
        version_(version),
        unit_(std::make_shared<torch::jit::CompilationUnit>()),
        importer_(
            unit_, &constants_,
            [this](const std::string& qualifier) { return Code(qualifier); },
            version) {}

  absl::StatusOr<torch::jit::Module> Load();

 private:
  std::optional<int> Find(absl::string_view name) const {
    return archive_->Find(absl::StrCat(root_, name));
  }
  absl::StatusOr<std::string> Content(absl::string_view name) const;
  // `name`: "data" for the module tree, "constants" for those in the code.
  absl::StatusOr<c10::IValue> Unpickle(absl::string_view name);
  absl::Status CheckTensors(absl::string_view name,
                            absl::string_view pickle) const;
  std::shared_ptr<torch::jit::Source> Code(const std::string& qualifier);
  at::DataPtr Record(absl::string_view pickle, const std::string& key) const;
  c10::intrusive_ptr<c10::ivalue::Object> MakeObject(
      const c10::StrongTypePtr& type, c10::IValue state);

  const std::shared_ptr<ZipArchive> archive_;
  const std::string root_;  // "resnet18/"
  const uint64_t version_;
  std::vector<c10::IValue> constants_;
  std::shared_ptr<void> zeros_;  // As many as any tensor has.
  MetaTensors meta_tensors_;
  absl::flat_hash_map<std::string, ChainClass> chains_;  // By their classes.
  absl::flat_hash_set<const torch::jit::Function*> set_states_;  // Seen.
  std::shared_ptr<torch::jit::CompilationUnit> unit_;
  torch::jit::SourceImporter importer_;
  // What goes wrong where LibTorch asks for code, and knows no Status.
  absl::Status damage_;
};

absl::StatusOr<std::string> Loader::Content(absl::string_view name) const {
  const std::optional<int> member = Find(name);
  if (!member) {
    return absl::DataLossError(absl::StrCat("it has no member '", name, "'"));
  }
  return archive_->Read(*member, kMostBytes);
}

std::shared_ptr<torch::jit::Source> Loader::Code(const std::string& qualifier) {
  const std::string name = absl::StrCat(
      "code/", absl::StrReplaceAll(qualifier, {{".", "/"}}), ".py");
  if (!Find(name)) return nullptr;
  absl::StatusOr<std::string> text = Content(name);
  if (!text.ok()) {
    damage_ = text.status();
    return nullptr;
  }
  for (ChainClass& chain : ShortenChains(*text, kLongChain)) {
    std::string of_class = absl::StrCat(qualifier, ".", chain.name);
    chains_[std::move(of_class)] = std::move(chain);
  }
  // Each operator that makes such a tensor has that in its name.
  if (absl::StrContains(*text, "quantize")) RegisterQuantizedKernels();
  return std::make_shared<torch::jit::Source>(*text, name, 1);
}

at::DataPtr Loader::Record(absl::string_view pickle,
                           const std::string& key) const {
  const std::optional<int> member = Find(absl::StrCat(pickle, "/", key));
  if (!member) {
    // A tensor without anything might be computed with before we return.
    throw std::runtime_error(
        absl::StrCat("it has no record '", pickle, "/", key, "'"));
  }
  const uint64_t size = archive_->members()[*member].size;
  if (size > kNumberBytes) return NoMemory(archive_, *member, zeros_);
  const absl::StatusOr<std::string> bytes =
      archive_->Read(*member, kNumberBytes);
  // Gone with the others: a number that nobody asks for is not missed.
  if (!bytes.ok()) return NoMemory(archive_, *member, zeros_);
  at::DataPtr memory = c10::GetCPUAllocator()->allocate(bytes->size());
  std::memcpy(memory.mutable_get(), bytes->data(), bytes->size());
  return memory;
}

c10::intrusive_ptr<c10::ivalue::Object> Loader::MakeObject(
    const c10::StrongTypePtr& type, c10::IValue state) {
  const auto of_class = type.type_->expect<c10::ClassType>();
  const size_t size = of_class->numAttributes();
  auto object = c10::ivalue::Object::create(type, size);
  const std::string name = of_class->name()->qualifiedName();
  if (IsOfLibTorch(name)) {
    meta_tensors_.GiveTo(state);
    const c10::IValue packed = PackedFromState(name, state);
    if (!packed.isNone()) {
      object->setSlot(0, packed);
      return object;
    }
  }
  if (torch::jit::Function* set_state = of_class->findMethod("__setstate__")) {
    const Unoptimized unoptimized;
    if (set_states_.insert(set_state).second) UseMetaDevice(*set_state);
    meta_tensors_.GiveTo(state);
    (*set_state)({object, std::move(state)});
    return object;
  }
  const c10::impl::GenericDict values = std::move(state).toGenericDict();
  const auto chain = chains_.find(of_class->name()->qualifiedName());
  if (chain != chains_.end()) SetChain(*object, chain->second, values);
  for (size_t i = 0; i < size; ++i) {
    if (!object->getSlot(i).isNone()) continue;  // Of a chain, set already.
    c10::IValue value = values.at(of_class->getAttributeName(i));
    meta_tensors_.GiveTo(value);
    // A hostile file: LibTorch would take it, and fail later.
    if (of_class->getAttribute(i)->is_module()) value.toObject();
    object->setSlot(i, std::move(value));
  }
  return object;
}

absl::StatusOr<c10::IValue> Loader::Unpickle(absl::string_view name) {
  const absl::StatusOr<std::string> pickle =
      Content(absl::StrCat(name, ".pkl"));
  if (!pickle.ok()) return pickle.status();
  const absl::Status tensors = CheckTensors(name, *pickle);
  if (!tensors.ok()) return tensors;
  if (absl::StrContains(*pickle, "_rebuild_qtensor")) {
    RegisterQuantizedKernels();
    // What makes a quantized tensor may convert its scales.
    uint64_t largest = 1;
    for (const auto& member : archive_->members()) {
      largest = std::max<uint64_t>(largest, member.size);
    }
    zeros_ = PagesOfZeros(largest);
    if (zeros_ == nullptr) {
      return absl::FailedPreconditionError("its tensors are too large");
    }
  }
  size_t at = 0;
  torch::jit::Unpickler unpickler(
      [&](char* buffer, size_t wanted) {
        const size_t size = std::min(wanted, pickle->size() - at);
        std::memcpy(buffer, pickle->data() + at, size);
        at += size;
        return size;
      },
      [this](const c10::QualifiedName& qualified) {
        return c10::StrongTypePtr(unit_, importer_.loadType(qualified));
      },
      [this](const c10::StrongTypePtr& type, c10::IValue state) {
        return MakeObject(type, std::move(state));
      },
      [this, name](const std::string& key) { return Record(name, key); },
      at::Device(at::kCPU));
  unpickler.set_version(version_);
  c10::IValue value = unpickler.parse_ivalue();
  if (!damage_.ok()) return damage_;
  return value;
}

absl::Status Loader::CheckTensors(absl::string_view name,
                                  absl::string_view pickle) const {
  return CheckPickledTensors(
      pickle, [&](const std::string& key) -> std::optional<int64_t> {
        const std::optional<int> member = Find(absl::StrCat(name, "/", key));
        if (!member) return std::nullopt;
        return static_cast<int64_t>(archive_->members()[*member].size);
      });
}

absl::StatusOr<torch::jit::Module> Loader::Load() {
  absl::StatusOr<c10::IValue> constants = Unpickle("constants");
  if (!constants.ok()) return constants.status();
  meta_tensors_.GiveTo(*constants);
  constants_ = constants->toTupleRef().elements().vec();
  absl::StatusOr<c10::IValue> data = Unpickle("data");
  if (!data.ok()) return data.status();
  return torch::jit::Module(data->toObject());
}

// Of the format. What is not as this LibTorch writes it, its own loader judges.
absl::StatusOr<uint64_t> VersionOf(const ZipArchive& archive,
                                   const std::string& root) {
  uint64_t version = 0;
  for (const char* name : {"version", ".data/version"}) {
    const std::optional<int> member = archive.Find(absl::StrCat(root, name));
    if (!member) continue;
    const absl::StatusOr<std::string> text = archive.Read(*member, 64);
    if (!text.ok()) return text.status();
    if (!absl::SimpleAtoi(*text, &version)) break;
    const std::optional<int> order =
        archive.Find(absl::StrCat(root, "byteorder"));
    if (order && archive.Read(*order, 64).value_or("") != "little") break;
    if (version < caffe2::serialize::kMinSupportedFileFormatVersion ||
        version > caffe2::serialize::kMaxSupportedFileFormatVersion) {
      break;
    }
    return version;
  }
  return absl::FailedPreconditionError("it is not of this LibTorch's format");
}

}  // namespace

absl::StatusOr<ShapeModule> LoadShapes(const std::string& file,
                                       Phases* phases) {
  BeginPhase(phases, "read the directory");
  absl::StatusOr<std::shared_ptr<ZipArchive>> archive = ZipArchive::Open(file);
  if (!archive.ok()) return archive.status();
  const absl::StatusOr<std::string> root = RootOf(**archive);
  if (!root.ok()) return root.status();
  const absl::StatusOr<uint64_t> version = VersionOf(**archive, *root);
  if (!version.ok()) return version.status();
  ShapeModule shapes;
  WarnOfMissing(**archive, *root, shapes.warnings);
  RegisterRunChain();
  Loader loader(*archive, *root, *version);
  BeginPhase(phases, "load code");
  absl::StatusOr<torch::jit::Module> module = loader.Load();
  if (!module.ok()) return module.status();
  shapes.module = *std::move(module);
  return shapes;
}

}  // namespace strata::torchscript
