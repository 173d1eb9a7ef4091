public import Evidence
import Formats
public import Imaging

extension AnalysisSpace {
    /// The space the settings ask for, from the built-in templates.
    ///
    /// At 2 mm the tissue maps are used as they are; at another voxel size slowness, domain and masks are made at 2 mm
    /// and resampled (trilinear; a mask file by its nearest voxel). Kernels run on the 2 mm template in any case. In white matter
    /// all of the template's voxels are equally slow: its model was fitted in grey matter (Docs/correlation-template.md).
    /// - Throws: `TemplateError`, `NIfTIError`, or `InputError` for a mask without voxels.
    public init(settings: Settings) throws {
        let greyMatter = try Templates.load(.greyMatter)
        let fitted = CorrelationTemplate(greyMatter: greyMatter, whiteMatter: try Templates.load(.whiteMatter))
        let standard =
            settings.mask == .whiteMatter ? CorrelationTemplate(domain: fitted.domain, constant: 1) : fitted
        guard let grid = settings.voxelSize == 2 ? .mni2mm : Grid.mni(voxelSize: settings.voxelSize) else {
            throw InputError("voxel_size \(settings.voxelSize) makes no grid.", remedy: "Use 0.5 to 20 mm.")
        }
        let mask = try Self.mask(settings.mask, on: grid, greyMatter: greyMatter)
        self.init(mask: mask, template: standard.resampled(to: grid), kernelTemplate: standard)
    }

    /// A mask of the settings on their grid, without the template.
    /// - Throws: as ``init(settings:)``.
    public static func mask(_ choice: Settings.MaskChoice, voxelSize: Double) throws -> Mask {
        guard let grid = voxelSize == 2 ? .mni2mm : Grid.mni(voxelSize: voxelSize) else {
            throw InputError("voxel_size \(voxelSize) makes no grid.", remedy: "Use 0.5 to 20 mm.")
        }
        return try mask(choice, on: grid, greyMatter: nil)
    }

    private static func mask(_ choice: Settings.MaskChoice, on grid: Grid, greyMatter: Volume?) throws -> Mask {
        switch choice {
        case .greyMatter:
            return onGrid(CorrelationTemplate.greyMatterMask(try greyMatter ?? Templates.load(.greyMatter)), grid)
        case .whiteMatter:
            return onGrid(CorrelationTemplate.whiteMatterMask(try Templates.load(.whiteMatter)), grid)
        case .brain:
            return onGrid(Mask(try Templates.load(.brainMask)), grid)
        case .file(let path):
            let image = try StatisticMapGate(.placement).open(path)
            let volume = image.volume(0)
            let mask = Mask(volume.grid == grid ? volume : volume.resampled(to: grid, method: .nearest))
            guard mask.count > 0 else {
                throw InputError(
                    at: SourceLocation(file: path), "the mask has no voxel above 0 on the analysis grid.",
                    remedy: "Check that it is in MNI space.")
            }
            return mask
        }
    }

    private static func onGrid(_ mask: Mask, _ grid: Grid) -> Mask {
        guard mask.grid != grid else { return mask }
        let volume = mask.scatter([Float](repeating: 1, count: mask.count))
        return Mask(volume.resampled(to: grid), above: 0.5)
    }
}

extension CorrelationTemplate {
    /// The same template on another grid.
    func resampled(to grid: Grid) -> CorrelationTemplate {
        guard grid != domain.grid else { return self }
        let inside = domain.scatter([Float](repeating: 1, count: domain.count)).resampled(to: grid)
        let mean = slowness.reduce(0, +) / Float(max(slowness.count, 1))
        let values = domain.scatter(slowness, background: mean).resampled(to: grid)
        let coarse = Mask(inside, above: 0.5)
        return CorrelationTemplate(domain: coarse, slowness: coarse.gather(values))
    }
}
