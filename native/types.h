// BTF types to columns.
#pragma once
#include "schema.h"
#include <bpf/btf.h>

struct Shape {
  bool representable; // false for what no single column can hold: structs, functions, floats
  Type type;
  uint32_t size;
  std::string meaning;
};

Shape shape_of(const btf *types, uint32_t id);

// The C declaration `const volatile`, which is how a program says "set before load".
bool is_const_volatile(const btf *types, uint32_t id);

// One column for each member of a struct, or one called `scalar` for anything else; "key" makes key columns.
void add_columns(const btf *types, uint32_t id, const char *scalar, const std::string &table,
                 std::vector<Column> &out);

// Throws Failure OBJECT where types refer to what is not there: libbpf before 1.4 follows them all the same.
void check_types(const btf *types);

std::string btf_name(const btf *types, const btf_type *type);
