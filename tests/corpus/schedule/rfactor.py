# A reduction in two steps gives the sum, along an inner and an outer loop, with a tail and without
# spatial axes.
# IN A: int32[2,10] 1 2 3 4 5 6 7 8 9 10 0 1 0 1 0 1 0 1 0 100
# OUT rows: 55 104
# OUT total: 159
# OUT best: 9 9
import tvm
from tvm.script import ir as I
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(
    A: T.Buffer((2, 10), "int32"),
    rows: T.Buffer((2,), "int32"),
    total: T.Buffer((), "int32"),
    best: T.Buffer((2,), "int32"),
):
    key = T.sblock_alloc_buffer((2,), "int32")
    for i, k in T.grid(2, 10):
        with T.sblock("rows"):
            vi, vk = T.axis.remap("SR", [i, k])
            with T.init():
                rows[vi] = 0
            rows[vi] = rows[vi] + A[vi, vk]
    for i, k in T.grid(2, 10):
        with T.sblock("total"):
            vi, vk = T.axis.remap("RR", [i, k])
            with T.init():
                total[()] = 0
            total[()] = total[()] + A[vi, vk]
    for i, k in T.grid(2, 10):
        with T.sblock("best"):
            vi, vk = T.axis.remap("SR", [i, k])
            with T.init():
                best[vi] = -1
                key[vi] = T.min_value("int32")
            v_best: T.let[T.int32] = T.Select(key[vi] >= A[vi, vk], best[vi], vk)
            v_key: T.let[T.int32] = T.Select(key[vi] >= A[vi, vk], key[vi], A[vi, vk])
            best[vi] = v_best
            key[vi] = v_key


sch = tvm.s_tir.Schedule(main)
_, k = sch.get_loops(sch.get_sblock("rows"))
outer, inner = sch.split(k, [None, 4])
partial = sch.rfactor(inner, 0)
assert len(sch.get_consumers(partial)) == 1
i, k = sch.get_loops(sch.get_sblock("total"))
sch.rfactor(i, 0)
_, k = sch.get_loops(sch.get_sblock("best"))
outer, inner = sch.split(k, [5, 2])
sch.rfactor(outer, 1)
mod = sch.mod
