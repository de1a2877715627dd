# find_package(Strata): the target Strata::strata, to link with, and the function
#
#   strata_add_plugin(NAME SOURCE...)
#
# which makes the plugin NAME.so and, where tests are enabled, the test
# NAME_conformance, by the conformance test of the distribution.

get_filename_component(STRATA_ROOT "${CMAKE_CURRENT_LIST_DIR}/../../.." REALPATH)

find_package(PkgConfig REQUIRED)
# What the headers use. The libraries must be those that Strata itself was built
# with: its plugins say which, and others are refused when they are loaded.
pkg_check_modules(STRATA_DEPS REQUIRED IMPORTED_TARGET
  absl_flat_hash_map absl_flat_hash_set absl_inlined_vector absl_span
  absl_status absl_statusor absl_strings absl_time protobuf)

if(NOT TARGET Strata::strata)
  add_library(Strata::strata SHARED IMPORTED)
  set_target_properties(Strata::strata PROPERTIES
    IMPORTED_LOCATION "${STRATA_ROOT}/lib/libstrata.so"
    IMPORTED_SONAME libstrata.so
    INTERFACE_INCLUDE_DIRECTORIES "${STRATA_ROOT}/include/strata"
    INTERFACE_COMPILE_FEATURES cxx_std_17
    INTERFACE_LINK_OPTIONS "LINKER:--as-needed"
    INTERFACE_LINK_LIBRARIES PkgConfig::STRATA_DEPS)
endif()

function(strata_add_plugin name)
  add_library(${name} MODULE ${ARGN})
  set_target_properties(${name} PROPERTIES
    PREFIX "" SUFFIX ".so"
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON)
  target_link_libraries(${name} PRIVATE Strata::strata)
  target_link_options(${name} PRIVATE
    "LINKER:--version-script,${STRATA_ROOT}/share/strata/plugin.lds"
    LINKER:--no-undefined
    LINKER:-z,nodelete)
  add_test(NAME ${name}_conformance
    COMMAND "${STRATA_ROOT}/bin/plugin_conformance" $<TARGET_FILE:${name}> ${name})
endfunction()
