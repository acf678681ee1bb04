# T75: a loop whose extent is not positive does not run (B1).
# IN N: int32[2] 0 -3
# OUT R: 0
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(N: T.Buffer((2,), "int32"), R: T.Buffer((1,), "int32")):
    R[0] = 0
    for i in T.serial(N[0]):
        R[0] = R[0] + 1
    for i in T.serial(N[1]):
        R[0] = R[0] + 1
    for i in T.serial(5, 2):
        R[0] = R[0] + 1
    for i in T.parallel(N[0]):
        R[0] = R[0] + 1
