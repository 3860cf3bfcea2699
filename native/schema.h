// The tables and parameters of an object, as its BTF and its .rodata section tell them.
#pragma once
#include <bpf/libbpf.h>
#include <cstdint>
#include <string>
#include <vector>

enum class Type { U8, S8, U16, S16, U32, S32, U64, S64, Bool, Text, Bytes, Stack };

// The word for it in native/index.ts.
const char *name_of(Type type);

struct Column {
  std::string name;
  Type type;
  std::string meaning; // the C typedef, or else the C type's name
  uint32_t offset;     // in the record; for maps, in the key or in the value
  uint32_t size;       // in the record
  bool key;

  // Bytes a row in a batch; 0 for text.
  uint32_t batch_size() const { return type == Type::Text ? 0 : type == Type::Stack ? 4 : size; }
};

struct Table {
  std::string name;
  bool ring;
  std::vector<Column> columns;
  bpf_map *map;
};

// A `const volatile` global; `offset` is its place in .rodata. Or a plain one, with its place in .bss.
struct Parameter {
  std::string name;
  Type type;
  std::string meaning;
  uint32_t offset, size;
};

struct Schema {
  std::vector<Table> tables;
  std::vector<Parameter> parameters;
  std::vector<Parameter> variables; // 32-bit numbers that can be set while the programs run
  Table stacks;                     // the map behind `stack` columns; its map is null where there is none
};

// Of an object that is open and not loaded yet. Throws Failure OBJECT for what no column can hold.
Schema read_schema(const bpf_object *object);

// The section's bytes, writable until load; null when the object has no parameters.
uint8_t *rodata_of(const bpf_object *object, size_t *size);
