import Evidence
public import Imaging

/// Where an analysis happens: the mask it looks at, and the templates that its kernels and its noise follow.
public struct AnalysisSpace: Sendable {
    public let mask: Mask
    /// On the mask's grid: how alike neighbouring analysis voxels are.
    public let template: CorrelationTemplate
    /// The graph's template, on which kernels run whatever the mask's grid: 2 mm for the built-in one.
    public let kernelTemplate: CorrelationTemplate

    /// - Parameter kernelTemplate: in the same world space, on any grid; nil for `template` itself.
    public init(mask: Mask, template: CorrelationTemplate, kernelTemplate: CorrelationTemplate? = nil) {
        precondition(mask.grid == template.domain.grid, "mask and template must share a grid")
        self.mask = mask
        self.template = template
        self.kernelTemplate = kernelTemplate ?? template
    }

    public var grid: Grid { mask.grid }

    /// The kernel of the settings, sampled at the mask.
    func kernel(_ settings: Settings) -> SampledKernel {
        let graph = KernelGraph(template: kernelTemplate, fwhm: settings.kernelFWHM)
        return SampledKernel(kernel: PeakKernel(graph: graph, anisotropy: settings.kernelAnisotropy), mask: mask)
    }
}
