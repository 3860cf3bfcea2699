#include "types.h"
#include "failure.h"
#include <cstring>

// BTF from a hostile file may refer to itself; no sane declaration is nested as deeply.
static const int MAX_DEPTH = 32;
static const size_t MAX_COLUMNS = 256;

std::string btf_name(const btf *types, const btf_type *type) {
  const char *name = btf__name_by_offset(types, type->name_off);
  return name ? name : "";
}

namespace {
struct Stripped {
  const btf_type *type;
  std::string typedef_name; // the outermost
  bool stack_id = false, is_const = false, is_volatile = false;
};
} // namespace

static Stripped strip(const btf *types, uint32_t id) {
  Stripped result{btf__type_by_id(types, id), ""};
  for (int depth = 0; result.type && depth < MAX_DEPTH; depth++) {
    const btf_type *type = result.type;
    if (btf_is_typedef(type)) {
      std::string name = btf_name(types, type);
      if (name == "stack_id") result.stack_id = true;
      if (result.typedef_name.empty()) result.typedef_name = name;
    } else if (btf_is_const(type)) {
      result.is_const = true;
    } else if (btf_is_volatile(type)) {
      result.is_volatile = true;
    } else if (!btf_is_restrict(type) && btf_kind(type) != BTF_KIND_TYPE_TAG) {
      return result;
    }
    result.type = btf__type_by_id(types, type->type);
  }
  result.type = nullptr;
  return result;
}

static Type integer(uint32_t size, bool is_signed) {
  switch (size) {
  case 1:
    return is_signed ? Type::S8 : Type::U8;
  case 2:
    return is_signed ? Type::S16 : Type::U16;
  case 4:
    return is_signed ? Type::S32 : Type::U32;
  case 8:
    return is_signed ? Type::S64 : Type::U64;
  default:
    return Type::Bytes;
  }
}

static Shape array_shape(const btf *types, const Stripped &array) {
  const struct btf_array *info = btf_array(array.type);
  Stripped element = strip(types, info->type);
  int64_t element_size = btf__resolve_size(types, info->type);
  uint64_t size = element_size > 0 ? uint64_t(element_size) * info->nelems : 0;
  if (!element.type || !size || size > UINT32_MAX) return {};
  std::string meaning = array.typedef_name;
  if (meaning.empty()) meaning = element.typedef_name;
  if (meaning.empty()) meaning = btf_name(types, element.type);
  bool text = btf_is_int(element.type) && btf_name(types, element.type) == "char" && element_size == 1;
  return {true, text ? Type::Text : Type::Bytes, uint32_t(size), meaning};
}

Shape shape_of(const btf *types, uint32_t id) {
  Stripped stripped = strip(types, id);
  const btf_type *type = stripped.type;
  if (!type) return {};
  Shape shape{true, Type::U64, 8, stripped.typedef_name};
  if (btf_is_array(type)) return array_shape(types, stripped);
  if (btf_is_ptr(type)) {
    if (shape.meaning.empty()) shape.meaning = "pointer";
    return shape;
  }
  if (shape.meaning.empty()) shape.meaning = btf_name(types, type);
  shape.size = type->size;
  if (btf_is_int(type)) {
    uint8_t encoding = btf_int_encoding(type);
    if (btf_int_offset(type) || btf_int_bits(type) != type->size * 8) return {};
    if (stripped.stack_id && shape.size == 8)
      shape.type = Type::Stack;
    else if (encoding & BTF_INT_BOOL)
      shape.type = Type::Bool;
    else
      shape.type = integer(shape.size, encoding & BTF_INT_SIGNED);
    return shape;
  }
  if (btf_is_any_enum(type)) {
    if (shape.meaning.empty()) shape.meaning = "enum";
    shape.type = integer(shape.size, btf_kflag(type));
    return shape;
  }
  return {};
}

bool is_const_volatile(const btf *types, uint32_t id) {
  for (int depth = 0; depth < MAX_DEPTH; depth++) {
    Stripped outer = strip(types, id);
    if (outer.is_const && outer.is_volatile) return true;
    // clang qualifies the elements of an array, not the array.
    if (!outer.type || !btf_is_array(outer.type)) return false;
    id = btf_array(outer.type)->type;
  }
  return false;
}

namespace {
struct Flattening {
  const btf *types;
  const std::string &table;
  bool key;
  std::vector<Column> &out;

  // Structs in structs become columns of their own; `prefix` names the way to them.
  void add(const btf_type *composite, uint32_t base, const std::string &prefix, bool in_union, int depth) {
    in_union = in_union || btf_is_union(composite);
    const btf_member *members = btf_members(composite);
    for (int i = 0; i < btf_vlen(composite); i++) {
      const char *text = btf__name_by_offset(types, members[i].name_off);
      std::string name = prefix + (text ? text : "");
      uint32_t bits = btf_member_bit_offset(composite, i);
      if (btf_member_bitfield_size(composite, i) || bits % 8)
        fail("OBJECT", "table " + table + ": " + name + " is a bit-field, which no column can hold");
      Stripped member = strip(types, members[i].type);
      if (member.type && btf_is_composite(member.type)) {
        if (depth >= MAX_DEPTH) fail("OBJECT", "table " + table + " is nested too deeply");
        bool named = text && *text;
        add(member.type, base + bits / 8, named ? name + "." : prefix, in_union, depth + 1);
        continue;
      }
      add_one(shape_of(types, members[i].type), name, base + bits / 8, in_union);
    }
  }

  void add_one(Shape shape, const std::string &name, uint32_t offset, bool in_union) {
    if (!shape.representable && in_union) return;
    if (!shape.representable)
      fail("OBJECT", "table " + table + ": " + name + " has a type that no column can hold");
    if (out.size() >= MAX_COLUMNS) fail("OBJECT", "table " + table + " has too many columns");
    out.push_back({name, shape.type, shape.meaning, offset, shape.size, key});
  }
};
} // namespace

void add_columns(const btf *types, uint32_t id, const char *scalar, const std::string &table,
                 std::vector<Column> &out) {
  Flattening flattening{types, table, std::strcmp(scalar, "key") == 0, out};
  Stripped record = strip(types, id);
  if (record.type && btf_is_composite(record.type))
    flattening.add(record.type, 0, "", false, 0);
  else
    flattening.add_one(shape_of(types, id), scalar, 0, false);
}
