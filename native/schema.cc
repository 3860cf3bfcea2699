#include "schema.h"
#include "types.h"
#include "failure.h"

static const char *const STACKS = "stacks";

const char *name_of(Type type) {
  static const char *const names[] = {"u8",  "s8",  "u16",  "s16",  "u32",   "s32",
                                      "u64", "s64", "bool", "text", "bytes", "stack"};
  return names[static_cast<int>(type)];
}

static void check_extent(const std::vector<Column> &columns, bool key, uint32_t size, const char *table) {
  for (const Column &column : columns)
    if (column.key == key && (column.offset > size || column.size > size - column.offset))
      fail("OBJECT", std::string("table ") + table + ": column " + column.name + " lies outside its record");
}

static bool is_ring(const bpf_map *map) {
  return bpf_map__type(map) == BPF_MAP_TYPE_RINGBUF;
}

static Table read_table(const btf *types, bpf_map *map) {
  Table table{bpf_map__name(map), is_ring(map), {}, map};
  if (!table.ring) {
    add_columns(types, bpf_map__btf_key_type_id(map), "key", table.name, table.columns);
    check_extent(table.columns, true, bpf_map__key_size(map), bpf_map__name(map));
  }
  add_columns(types, bpf_map__btf_value_type_id(map), "value", table.name, table.columns);
  check_extent(table.columns, false, bpf_map__value_size(map), bpf_map__name(map));
  return table;
}

// Maps of programs, perf events and the like have no rows to show.
static bool is_table(const bpf_map *map) {
  if (bpf_map__is_internal(map) || !bpf_map__btf_value_type_id(map)) return false;
  if (is_ring(map)) return true;
  switch (bpf_map__type(map)) {
  case BPF_MAP_TYPE_HASH:
  case BPF_MAP_TYPE_LRU_HASH:
  case BPF_MAP_TYPE_ARRAY:
  case BPF_MAP_TYPE_PERCPU_HASH:
  case BPF_MAP_TYPE_LRU_PERCPU_HASH:
  case BPF_MAP_TYPE_PERCPU_ARRAY:
    return bpf_map__btf_key_type_id(map) != 0;
  default:
    return false;
  }
}

static bool has_stacks(const std::vector<Table> &tables) {
  for (const Table &table : tables)
    for (const Column &column : table.columns)
      if (column.type == Type::Stack) return true;
  return false;
}

static bool is_stack_store(const Table &table) {
  auto has = [&](const char *name, Type type, uint32_t least) {
    for (const Column &column : table.columns)
      if (column.name == name) return column.type == type && column.size >= least;
    return false;
  };
  return has("key", Type::Stack, 8) && has("pid", Type::U32, 4) && has("depth", Type::U32, 4) &&
         has("frames", Type::Bytes, 8);
}

static void read_parameters(const btf *types, size_t rodata_size, std::vector<Parameter> &out) {
  int id = btf__find_by_name_kind(types, ".rodata", BTF_KIND_DATASEC);
  const btf_type *section = id > 0 ? btf__type_by_id(types, id) : nullptr;
  if (!section) return;
  const btf_var_secinfo *variables = btf_var_secinfos(section);
  for (int i = 0; i < btf_vlen(section); i++) {
    const btf_type *variable = btf__type_by_id(types, variables[i].type);
    if (!variable || !btf_is_var(variable) || !is_const_volatile(types, variable->type)) continue;
    Shape shape = shape_of(types, variable->type);
    std::string name = btf_name(types, variable);
    if (!shape.representable) fail("OBJECT", "parameter " + name + " has a type that no parameter can have");
    uint32_t offset = variables[i].offset;
    if (offset > rodata_size || shape.size > rodata_size - offset)
      fail("OBJECT", "parameter " + name + " lies outside .rodata");
    if (shape.type == Type::Stack) shape.type = Type::U64;
    out.push_back({name, shape.type, shape.meaning, offset, shape.size});
  }
}

static void read_variables(const btf *types, std::vector<Parameter> &out) {
  int id = btf__find_by_name_kind(types, ".bss", BTF_KIND_DATASEC);
  const btf_type *section = id > 0 ? btf__type_by_id(types, id) : nullptr;
  for (int i = 0; section && i < btf_vlen(section); i++) {
    const btf_var_secinfo &place = btf_var_secinfos(section)[i];
    const btf_type *variable = btf__type_by_id(types, place.type);
    if (!variable || !btf_is_var(variable)) continue;
    Shape shape = shape_of(types, variable->type);
    if (shape.type == Type::U32)
      out.push_back({btf_name(types, variable), shape.type, shape.meaning, place.offset, shape.size});
  }
}

Schema read_schema(const bpf_object *object) {
  const btf *types = bpf_object__btf(object);
  if (!types) fail("OBJECT", "it has no BTF; compile it with clang -g");
  Schema schema{};
  bpf_map *map;
  bpf_object__for_each_map(map, object) {
    if (!is_table(map)) continue;
    Table table = read_table(types, map);
    if (table.name == STACKS && is_stack_store(table))
      schema.stacks = std::move(table);
    else
      schema.tables.push_back(std::move(table));
  }
  if (has_stacks(schema.tables) && !schema.stacks.map)
    fail("OBJECT", "a column is a stack_id, but there is no map `stacks` of struct { pid, depth, frames }");
  size_t size = 0;
  if (rodata_of(object, &size)) read_parameters(types, size, schema.parameters);
  read_variables(types, schema.variables);
  return schema;
}

uint8_t *rodata_of(const bpf_object *object, size_t *size) {
  bpf_map *map = bpf_object__find_map_by_name(object, ".rodata");
  if (!map) return nullptr;
  // Until load this is libbpf's own writable copy; the const is gone in later versions.
  return static_cast<uint8_t *>(const_cast<void *>(bpf_map__initial_value(map, size)));
}
