import Evidence
import Imaging

/// Where a map's header says that its voxels are: in one place, in a space that is MNI's as far as anybody can tell.
///
/// Whether left and right are swapped is not judged: brains are too symmetric for an honest verdict from one statistic map.
struct MapPlacement {
    let image: NIfTIImage
    let path: String
    let source: SourceLocation

    init(_ image: NIfTIImage, path: String, source: SourceLocation) {
        self.image = image
        self.path = path
        self.source = source
    }

    private var subject: String { MapWords.subject(path, at: source) }

    /// - Throws: for a header that gives no place, two places, or a place in Talairach space.
    func check() throws(InputError) {
        guard let header = image.header, let orientation = image.orientation else { return }
        // Readers otherwise put the first voxel at the origin, as the standard has it: a brain shifted by its own size, of which
        // a part still overlaps the mask.
        guard orientation != .pixdim else { throw unplaced("sform_code and qform_code are 0") }
        // Libraries fill in an identity when nobody gave them an affine.
        guard !isVirgin(image.grid) else {
            throw unplaced(
                "its \(orientation.rawValue) has the first voxel at 0, 0, 0 and no axis turned, as if never set")
        }
        try checkForms(header)
        if code(header) == Self.talairach {
            throw InputError(
                at: source, "\(subject) says that it is in Talairach space (\(orientation.rawValue)_code 3).",
                remedy: "Normalise it to MNI space; if it is in MNI space, set the code to 4.")
        }
    }

    /// A note on another template than MNI's.
    var notices: [Notice] {
        guard let header = image.header, code(header) == Self.otherTemplate else { return [] }
        return [
            Notice(
                .note, code: "map-template", at: source,
                "\(subject) says that it is in the space of another template (code 5); it is taken as MNI.",
                remedy: "If that template is not in MNI space, normalise the map.")
        ]
    }

    private static let talairach = 3
    private static let otherTemplate = 5

    /// Of the form that places the voxels.
    private func code(_ header: NIfTIHeader) -> Int {
        image.orientation == .sform ? header.sformCode : header.qformCode
    }

    private func unplaced(_ why: String) -> InputError {
        InputError(
            at: source, "\(subject) does not say where its voxels are (\(why)).",
            remedy: "Copy the sform of the MNI image it was made with into its header.")
    }

    /// Axes along the world's and the first voxel at the origin: no image of a brain is there.
    private func isVirgin(_ grid: Grid) -> Bool {
        let affine = grid.affine
        let isDiagonal =
            affine.i.y == 0 && affine.i.z == 0 && affine.j.x == 0 && affine.j.z == 0 && affine.k.x == 0
            && affine.k.y == 0
        return isDiagonal && affine.origin == .zero
    }

    /// Programs differ in whether sform or qform counts: where these are apart, so are the results.
    private func checkForms(_ header: NIfTIHeader) throws(InputError) {
        guard let sform = header.grid(of: .sform), let qform = header.grid(of: .qform) else { return }
        let last = sform.shape &- 1
        var (furthest, place) = (0.0, SIMD3<Int>.zero)
        for corner in 0..<8 {
            let voxel: SIMD3<Int> = [
                corner & 1 == 0 ? 0 : last.x, corner & 2 == 0 ? 0 : last.y, corner & 4 == 0 ? 0 : last.z,
            ]
            let apart = sform.world(voxel) - qform.world(voxel)
            let distance = (apart * apart).sum().squareRoot()
            // Of corners as far, rounding aside, the first is named.
            if distance > furthest + 1e-6 { (furthest, place) = (distance, voxel) }
        }
        guard furthest > sform.affine.voxelSize.max() else { return }
        func words(_ position: SIMD3<Double>) -> String {
            "(\([position.x, position.y, position.z].map { MapWords.number($0) }.joined(separator: ", ")))"
        }
        throw InputError(
            at: source,
            "\(subject) is in two places: its sform puts voxel (\(place.x), \(place.y), \(place.z)) at \(words(sform.world(place))) mm, its qform at \(words(qform.world(place))) mm.",
            remedy: "Set the wrong one's code (sform_code or qform_code) to 0; the other then counts.")
    }
}
