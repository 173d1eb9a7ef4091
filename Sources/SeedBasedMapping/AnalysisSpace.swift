public import Imaging

/// Where an analysis happens: the mask it looks at and the template its kernels follow, on one grid.
public struct AnalysisSpace: Sendable {
    public let mask: Mask
    public let template: CorrelationTemplate

    public init(mask: Mask, template: CorrelationTemplate) {
        precondition(mask.grid == template.domain.grid, "mask and template must share a grid")
        self.mask = mask
        self.template = template
    }

    public var grid: Grid { mask.grid }
}
