import Evidence
import Foundation
import Imaging
import TestSupport
import Testing

@Suite("Peaks against the mask of an analysis")
struct MaskCheckTests {
    /// Voxels of 2 mm with x from −10 to 10.
    private static let slab = Mask(grid: .mni2mm) { abs(Grid.mni2mm.world(atIndex: $0).x) <= 10 }

    private static func experiment(_ id: String, _ coordinates: [SIMD3<Double>]) -> Experiment {
        Experiment(
            id: id, study: id, sample: id, n1: 20, tThreshold: 3.5,
            report: .peaks(
                coordinates.enumerated().map { line, coordinate in
                    Peak(
                        coordinate: coordinate, space: .mni, height: .t(5),
                        source: SourceLocation(file: "peaks.tsv", line: line + 2))
                }), source: SourceLocation(file: "studies.tsv", line: 2))
    }

    private func notices(
        _ experiments: [Experiment], choice: Settings.MaskChoice = .greyMatter, mask: Mask = slab
    ) -> [Notice] {
        MaskCheck.notices(experiments, mask: mask, choice: choice, model: .mean)
    }

    @Test(
        "up to 4 mm from the mask a peak counts as inside; beyond it is told with its distance, all of a model in one notice"
    )
    func distance() throws {
        let inside = Self.experiment("A", [[0, 0, 0], [10, 20, 30], [14, 0, 0], [-14, 0, 0]])
        #expect(notices([inside]).isEmpty)
        let outside = Self.experiment("B", [[14.5, 0, 0], [26, -20, 34], [0, 4, 8]])
        let found = notices([inside, outside])
        #expect(found.count == 1)
        let notice = try #require(found.first)
        #expect(notice.code == "peak-outside-mask" && notice.location == SourceLocation(file: "peaks.tsv", line: 2))
        #expect(notice.message.contains("2 of 7 peaks lie more than 4 mm from the mask of model \"mean\""))
        #expect(notice.message.contains("(26, -20, 34) of \"B\", 16 mm away"))
        // A quarter and more is worth a warning.
        #expect(notice.severity == .warning)
        let few = notices([inside, inside, outside])
        #expect(few.map(\.severity) == [.note])
    }

    @Test(
        "the remedy names the masks that were not chosen",
        arguments: [
            (Settings.MaskChoice.greyMatter, "mask: white_matter", "mask: grey_matter"),
            (.whiteMatter, "mask: grey_matter", "mask: white_matter"),
        ])
    func remedy(_ choice: Settings.MaskChoice, _ offered: String, _ chosen: String) throws {
        let remedy = try #require(notices([Self.experiment("A", [[40, 0, 0]])], choice: choice).first?.remedy)
        #expect(remedy.contains(offered) && remedy.contains("mask: brain") && !remedy.contains(chosen))
    }

    @Test("peaks are counted in the mask and outside, and a point that is nowhere is outside")
    func counts() {
        let experiments = [Self.experiment("A", [[0, 0, 0], [40, 0, 0], [1e9, 0, 0]]), Self.experiment("B", [])]
        #expect(PeakPlacement(experiments, mask: Self.slab) == PeakPlacement(inMask: 1, outsideMask: 2))
        #expect(PeakPlacement(experiments, mask: Self.slab).all == 3)
        // Foci that are listed beside a map are those of coordinate methods only.
        var mapped = experiments[0]
        mapped.peaksBesideMap = mapped.peaks
        mapped.report = .map(.init(path: "maps/A.nii.gz", kind: .t, source: mapped.source))
        #expect(PeakPlacement([mapped], mask: Self.slab) == PeakPlacement())
        #expect(PeakPlacement(foci: [mapped], mask: Self.slab) == PeakPlacement(inMask: 1, outsideMask: 2))
        // Half the diagonal of a voxel of 8 mm: 4 √3 mm.
        #expect(PeakPlacement.tolerance(Self.slab) == 4)
        #expect(abs(PeakPlacement.tolerance(Head.mask) - 4 * 3.0.squareRoot()) < 1e-12)
    }

    @Test("in white matter it is said that kernels are isotropic, unless they are asked to be or there is no peak")
    func kernels() throws {
        func codes(_ settings: [String], _ experiments: [Experiment] = [Self.experiment("A", [[0, 0, 0]])]) throws
            -> [String]
        {
            let settings = try Settings().applying(settings.map { try SettingAssignment(commandLine: $0) })
            return MaskCheck.kernelNotices(experiments, settings: settings, model: .mean).map(\.code)
        }
        #expect(try codes(["mask=white_matter"]) == ["isotropic-kernels"])
        #expect(try codes([]).isEmpty && codes(["mask=brain"]).isEmpty)
        #expect(try codes(["mask=white_matter", "anisotropy=0"]).isEmpty)
        #expect(try codes(["mask=white_matter"], [Self.experiment("A", [])]).isEmpty)
    }
}
