# An init that depends on the axes: the interpreter took its first value for a whole strip.
# OUT B: 3 4 5 13 14 15
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(B: T.Buffer((2, 3), "int32")):
    for i, j, k in T.grid(2, 3, 3):
        with T.sblock("sum"):
            vi, vj, vk = T.axis.remap("SSR", [i, j, k])
            with T.init():
                B[vi, vj] = vi * 10 + vj
            B[vi, vj] = B[vi, vj] + vk
