# T94: a while loop on a cell, with break and continue (B2).
# OUT R: 9 16
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((2,), "int32")):
    R[0] = 0
    R[1] = 0
    while R[0] < 10:
        R[0] = R[0] + 1
        if R[0] % 2 == 0:
            continue
        if R[0] == 9:
            break
        R[1] = R[1] + R[0]
