#include "types.h"
#include "failure.h"

static const int MAX_CHAIN = 32;

namespace {
struct Check {
  const btf *types;
  uint32_t count;

  [[noreturn]] void refuse(uint32_t id, const char *why) const {
    fail("OBJECT", "broken BTF: type " + std::to_string(id) + " " + why);
  }
  void name(uint32_t id, uint32_t offset) const {
    if (!btf__name_by_offset(types, offset)) refuse(id, "has its name outside the text");
  }
  void reference(uint32_t id, uint32_t to) const {
    if (to >= count) refuse(id, "refers to a type that is not there");
  }
  // Pointers may lead in circles, as lists do; types made of one another may not.
  void chain(uint32_t id) const {
    uint32_t at = id;
    for (int steps = 0; at; steps++) {
      if (steps == MAX_CHAIN) refuse(id, "is made of itself");
      const btf_type *type = btf__type_by_id(types, at);
      if (btf_is_array(type))
        at = btf_array(type)->type;
      else if (btf_is_mod(type) || btf_is_typedef(type))
        at = type->type;
      else
        return;
      reference(id, at);
    }
  }
  void parts(uint32_t id, const btf_type *type) const;
};
} // namespace

void Check::parts(uint32_t id, const btf_type *type) const {
  int count = btf_vlen(type);
  switch (btf_kind(type)) {
  case BTF_KIND_STRUCT:
  case BTF_KIND_UNION:
    for (const btf_member *member = btf_members(type); count--; member++) {
      name(id, member->name_off);
      reference(id, member->type);
    }
    break;
  case BTF_KIND_FUNC_PROTO:
    reference(id, type->type);
    for (const btf_param *parameter = btf_params(type); count--; parameter++) {
      name(id, parameter->name_off);
      reference(id, parameter->type);
    }
    break;
  case BTF_KIND_DATASEC:
    for (const btf_var_secinfo *variable = btf_var_secinfos(type); count--; variable++) {
      reference(id, variable->type);
      if (!btf_is_var(btf__type_by_id(types, variable->type))) refuse(id, "holds what is no variable");
    }
    break;
  case BTF_KIND_ARRAY:
    reference(id, btf_array(type)->type);
    reference(id, btf_array(type)->index_type);
    chain(id);
    break;
  case BTF_KIND_FUNC:
    reference(id, type->type);
    if (!btf_is_func_proto(btf__type_by_id(types, type->type)))
      refuse(id, "is a function without a prototype");
    break;
  case BTF_KIND_PTR:
  case BTF_KIND_VAR:
  case BTF_KIND_DECL_TAG:
    reference(id, type->type);
    break;
  case BTF_KIND_TYPEDEF:
  case BTF_KIND_CONST:
  case BTF_KIND_VOLATILE:
  case BTF_KIND_RESTRICT:
  case BTF_KIND_TYPE_TAG:
    reference(id, type->type);
    chain(id);
    break;
  default:
    break;
  }
}

void check_types(const btf *types) {
  Check check{types, btf__type_cnt(types)};
  for (uint32_t id = 1; id < check.count; id++) {
    const btf_type *type = btf__type_by_id(types, id);
    check.name(id, type->name_off);
    check.parts(id, type);
  }
}
