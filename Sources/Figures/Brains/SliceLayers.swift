package import Imaging
package import Inference

/// What slices are cut from: the anatomy, and the values of clusters on it. Made once where there are many pictures of it.
package struct SliceLayers: Sendable {
    let brain: Background
    let overlay: Overlay
    let hasPositive: Bool
    let hasNegative: Bool

    /// - Parameters:
    ///   - z: statistic, one value per mask voxel.
    ///   - background: T1; nil shows the mask in grey.
    package init(z: [Float], mask: Mask, clusters: [Cluster], background: Volume?) {
        self.init(z: z, mask: mask, clusters: clusters, brain: Background(background, mask: mask))
    }

    /// The same, of an anatomy that other layers have too.
    package init(z: [Float], mask: Mask, clusters: [Cluster], brain: Background) {
        self.brain = brain
        overlay = Overlay(z: z, mask: mask, clusters: clusters)
        hasPositive = clusters.contains { $0.sign > 0 }
        hasNegative = clusters.contains { $0.sign < 0 }
    }
}
