# T81: init follows the domain, with the reduction outermost (K3).
# IN A: int32[2,8,2] 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31
# OUT R: 105 265
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((2, 8, 2), "int32"), R: T.Buffer((2,), "int32")):
    for k, j, i in T.grid(5, 2, 2):
        with T.sblock("R"):
            vi = T.axis.spatial(2, i)
            vk = T.axis.reduce((3, 8), k + 3)
            vj = T.axis.reduce(2, j)
            with T.init():
                R[vi] = 0
            R[vi] = R[vi] + A[vi, vk, vj]
