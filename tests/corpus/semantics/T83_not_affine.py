# T83: bindings that are distinct but not affine may run (K2).
# OUT R: 0 1 -1 -1 4 -1 -1 -1 -1 9
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((10,), "int32")):
    for i in range(10):
        R[i] = -1
    for i in range(4):
        with T.sblock("R"):
            vi = T.axis.spatial(10, i * i)
            R[vi] = vi
