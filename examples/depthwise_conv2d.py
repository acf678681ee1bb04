# Depthwise 3x3 convolution: every channel has its own filter. No padding.
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def depthwise_conv2d(
    data: T.Buffer((1, 16, 18, 18), "float32"),
    weight: T.Buffer((16, 3, 3), "float32"),
    out: T.Buffer((1, 16, 16, 16), "float32"),
):
    for n, c, h, w, kh, kw in T.grid(1, 16, 16, 16, 3, 3):
        with T.sblock("out"):
            vn, vc, vh, vw, vkh, vkw = T.axis.remap("SSSSRR", [n, c, h, w, kh, kw])
            with T.init():
                out[vn, vc, vh, vw] = T.float32(0)
            out[vn, vc, vh, vw] = (
                out[vn, vc, vh, vw] + data[vn, vc, vh + vkh, vw + vkw] * weight[vc, vkh, vkw]
            )
