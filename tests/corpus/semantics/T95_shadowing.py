# T95: an inner loop variable shadows an outer one (B1).
# OUT R: 3 3 0
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((3,), "int32")):
    for i in range(3):
        R[i] = 0
    for i in range(3):
        for i in range(2):
            R[i] = R[i] + 1
