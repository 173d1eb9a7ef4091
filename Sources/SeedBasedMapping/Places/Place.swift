public import Evidence
import Formats
public import Imaging

/// A voxel or a set of voxels whose effects are wanted.
public struct Place: Hashable, Sendable {
    public var name: String
    /// MNI mm of the voxel, or of the set's centre of gravity.
    public var coordinate: SIMD3<Double>
    /// Mask positions, ascending; at least one.
    public var voxels: [Int32]

    /// One voxel.
    public init(voxel: Int, in mask: Mask, name: String? = nil) {
        let world = mask.world(at: voxel)
        self.init(name: name ?? Self.name(world), coordinate: world, voxels: [Int32(voxel)])
    }

    /// Mask voxels in any order; nil for none.
    public init?(voxels: [Int32], in mask: Mask, name: String) {
        guard !voxels.isEmpty else { return nil }
        let sorted = Set(voxels).sorted()
        var sum = SIMD3<Double>.zero
        for voxel in sorted { sum += mask.world(at: Int(voxel)) }
        self.init(name: name, coordinate: sum / Double(sorted.count), voxels: sorted)
    }

    private init(name: String, coordinate: SIMD3<Double>, voxels: [Int32]) {
        self.name = name
        self.coordinate = coordinate
        self.voxels = voxels
    }

    /// `-12,34,8`: whole mm where they are whole.
    public static func name(_ mni: SIMD3<Double>) -> String {
        (0..<3).map { NumberText.hundredths(mni[$0]) }.joined(separator: ",")
    }

    /// `-12,34,8 r 10.0 mm`.
    public static func name(_ mni: SIMD3<Double>, radius: Double) -> String { "\(name(mni)) r \(radius) mm" }
}

extension Place {
    /// The voxel that holds a coordinate (MNI mm); of several that it lies midway between, one inside the mask.
    /// - Throws: where it is outside the mask; the message names the nearest voxel inside.
    public static func at(_ mni: SIMD3<Double>, in mask: Mask) throws(InputError) -> Place {
        if let voxel = mask.grid.nearestVoxel(to: mni) {
            let position = Int(mask.position[mask.grid.index(voxel)])
            if position >= 0 { return Place(voxel: position, in: mask, name: name(mni)) }
        }
        // As peaks do: an odd coordinate on a grid of 2 mm is as near to one voxel as to the next.
        if let voxel = PeakKernel.nearestVoxels(to: mni, on: mask.grid).first(where: mask.contains) {
            return Place(voxel: Int(mask.position[mask.grid.index(voxel)]), in: mask, name: name(mni))
        }
        throw outside(mni, "outside the mask", mask)
    }

    /// The mask voxels whose centres lie within `radius` mm of a coordinate (MNI mm).
    /// - Throws: where there are none.
    public static func sphere(
        at mni: SIMD3<Double>, radius: Double, in mask: Mask
    ) throws(InputError) -> Place {
        let inside = (0..<Int32(mask.count)).filter { position in
            let step = mask.world(at: Int(position)) - mni
            return (step * step).sum() <= radius * radius
        }
        guard var place = Place(voxels: inside, in: mask, name: name(mni, radius: radius)) else {
            throw outside(mni, "more than \(radius) mm from every voxel of the mask", mask)
        }
        place.coordinate = mni
        return place
    }

    private static func outside(_ mni: SIMD3<Double>, _ what: String, _ mask: Mask) -> InputError {
        var nearest: (distance: Double, position: Int)?
        for position in 0..<mask.count {
            let step = mask.world(at: position) - mni
            let distance = (step * step).sum()
            if distance < nearest?.distance ?? .infinity { nearest = (distance, position) }
        }
        let remedy = nearest.map {
            let mm = ($0.distance.squareRoot() * 10).rounded() / 10
            return "The nearest voxel inside is at \(name(mask.world(at: $0.position))), \(mm) mm away."
        }
        return InputError("(\(name(mni))) is \(what).", remedy: remedy ?? "Check the coordinate.")
    }

    /// The mask voxels inside an image: above 0 at their centres.
    ///
    /// - Parameter path: a NIfTI image in MNI space; another grid is resampled to the mask's (nearest voxel).
    /// - Throws: `NIfTIError`, or `InputError` where no voxel of the mask is inside.
    public static func image(_ path: String, in mask: Mask) throws -> Place {
        let image = try StatisticMapGate(.placement).open(path)
        guard image.count == 1 else {
            throw InputError(
                at: SourceLocation(file: path), "holds \(image.count) volumes; a mask has one.",
                remedy: "Extract the volume that is meant.")
        }
        let volume = image.volume(0)
        guard !volume.values.contains(where: \.isInfinite) else {
            throw InputError(
                at: SourceLocation(file: path), "is infinite at some voxels; a mask is above 0 inside and 0 outside.",
                remedy: "Write it anew, with 1 inside.")
        }
        let values = mask.gather(volume.grid == mask.grid ? volume : volume.resampled(to: mask.grid, method: .nearest))
        let inside = (0..<Int32(mask.count)).filter { values[Int($0)] > 0 }
        let file = path.split(separator: "/").last.map(String.init) ?? path
        let name = ImageFileName(file)?.stem ?? file
        guard let place = Place(voxels: inside, in: mask, name: name) else {
            throw InputError(
                at: SourceLocation(file: path), "no voxel above 0 lies inside the analysis mask.",
                remedy: "Check that it is in MNI space and holds a mask.")
        }
        return place
    }

    /// The mask voxels of a region of an atlas.
    ///
    /// - Parameter label: its name or number; case does not matter, and `_` stands for a blank.
    /// - Throws: for an unknown label, naming the nearest known one, and for a region outside the mask.
    public static func region(_ label: String, of atlas: LabelAtlas, in mask: Mask) throws(InputError) -> Place {
        try region(named(label, in: atlas), of: atlas, in: mask)
    }

    /// The region that a name or number means.
    /// - Throws: for an unknown label, naming the nearest known one.
    public static func named(_ label: String, in atlas: LabelAtlas) throws(InputError) -> LabelAtlas.Region {
        func folded(_ text: String) -> String { text.lowercased().replacing("_", with: " ") }
        let wanted = folded(label)
        guard let region = atlas.regions.first(where: { folded($0.name) == wanted || String($0.id) == wanted })
        else {
            let names = atlas.regions.map(\.name)
            let parts = names.filter { folded($0).contains(wanted) }
            let near = parts.isEmpty ? Nearest.match(label, among: names).map { [$0] } ?? [] : parts
            throw InputError(
                "\(atlas.name) has no region '\(label)'.",
                remedy: near.isEmpty
                    ? "Its regions are named as in peaks.tsv, for example '\(names.first ?? "")'."
                    : "Did you mean \(near.prefix(4).map { "'\($0)'" }.joined(separator: ", "))?")
        }
        return region
    }

    /// The mask voxels of a region of an atlas.
    /// - Throws: for a region outside the mask.
    public static func region(
        _ region: LabelAtlas.Region, of atlas: LabelAtlas, in mask: Mask
    ) throws(InputError) -> Place {
        let inside = (0..<Int32(mask.count)).filter { atlas.region(at: mask.world(at: Int($0))) == region }
        guard let place = Place(voxels: inside, in: mask, name: "\(atlas.name): \(region.name)") else {
            throw InputError(
                "no voxel of \(region.name) (\(atlas.name)) lies inside the analysis mask.",
                remedy: "Use a mask that holds it, such as --set mask=brain.")
        }
        return place
    }
}
