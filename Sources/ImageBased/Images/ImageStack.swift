public import Imaging
public import Statistics

/// Images of several studies at the voxels of one mask.
///
/// A value is *usable* where it is finite and not 0 (0 is what images hold outside their field of view), a variance where
/// it is positive. A study counts at a voxel where all its images that a method reads are usable.
///
/// Memory: 4 bytes per voxel, study and quantity, so 18 MB per quantity for 20 studies on the 2 mm brain. Copies of a
/// stack share images.
public struct ImageStack: Sendable {
    /// Whose image it is.
    public struct Study: Hashable, Sendable {
        public var id: String
        /// Images with equal labels come from the same people, and are not independent. Its own by default.
        public var sample: String
        /// For weights and for conversions between quantities.
        public var scale: EffectScale?
        /// Participants in all. NiMARE's data sets allow for fractions.
        public var sampleSize: Double?

        /// - Parameters:
        ///   - sampleSize: of a one-sample contrast; of others, give `scale`.
        public init(id: String, sample: String? = nil, sampleSize: Double? = nil, scale: EffectScale? = nil) {
            self.id = id
            self.sample = sample ?? id
            self.scale = scale
            self.sampleSize = sampleSize ?? scale.map { Double($0.n1 + $0.n2) }
        }

        /// The design: as given, or one sample of `sampleSize` people.
        var design: EffectScale? {
            if let scale { return scale }
            guard let sampleSize, sampleSize >= 2, sampleSize < 1e9 else { return nil }
            return EffectScale(n1: Int(sampleSize.rounded()))
        }
    }

    public let mask: Mask
    public private(set) var studies: [Study] = []
    private var planes: [ImageQuantity: [Int: ImagePlane]] = [:]

    public init(mask: Mask) throws(ImageError) {
        guard mask.count > 0 else { throw .emptyMask }
        self.mask = mask
    }

    /// Adds a study from images; those on another grid are resampled (trilinear).
    public mutating func append(_ study: Study, images: [ImageQuantity: Volume]) throws(ImageError) {
        let values = images.mapValues { mask.values(of: $0) }
        try append(study, values: values)
    }

    /// Adds a study from one value per mask voxel and quantity.
    public mutating func append(_ study: Study, values: [ImageQuantity: [Float]]) throws(ImageError) {
        for quantity in ImageQuantity.allCases {
            guard let image = values[quantity] else { continue }
            guard image.count == mask.count else {
                throw .mismatch(
                    "\(study.id): \(image.count) values of \(quantity.rawValue) for \(mask.count) voxels of the mask.")
            }
            let plane = ImagePlane(image, isVariance: quantity == .variance)
            guard !plane.isEmpty else { throw .emptyImage(study: study.id, quantity: quantity) }
            planes[quantity, default: [:]][studies.count] = plane
        }
        studies.append(study)
    }

    /// Quantities that every study has an image of.
    public var quantities: Set<ImageQuantity> {
        Set(planes.filter { $0.value.count == studies.count && !studies.isEmpty }.keys)
    }

    /// One value per mask voxel, NaN where there is none; nil where the study has no such image.
    public func values(_ quantity: ImageQuantity, of study: Int) -> [Float]? {
        planes[quantity]?[study].map { Array(UnsafeBufferPointer(start: $0.values, count: $0.count)) }
    }

    /// The studies that have an image of each of these quantities; those without stay out of a method that needs them.
    public func studies(having quantities: Set<ImageQuantity>) -> [Int] {
        studies.indices.filter { index in quantities.allSatisfy { planes[$0]?[index] != nil } }
    }

    /// Memory of all images.
    public var bytes: Int { planes.values.reduce(0) { $0 + $1.count } * (mask.count + ImagePlane.padding) * 4 }

    /// Some of the studies, in the order of `indices`.
    public func selecting(_ indices: [Int]) -> ImageStack {
        var result = self
        result.studies = indices.map { studies[$0] }
        result.planes = planes.mapValues { known in
            var picked: [Int: ImagePlane] = [:]
            for (place, index) in indices.enumerated() { picked[place] = known[index] }
            return picked
        }
        return result
    }

    /// For each study, which sample it is of, numbered in order of first appearance.
    var samples: [Int] {
        var known: [String: Int] = [:]
        return studies.map { study in
            if let number = known[study.sample] { return number }
            let number = known.count
            known[study.sample] = number
            return number
        }
    }

    /// Whether some sample has several images.
    public var hasSharedSamples: Bool { Set(studies.map(\.sample)).count < studies.count }

    func plane(_ quantity: ImageQuantity, _ study: Int) -> ImagePlane? { planes[quantity]?[study] }

    mutating func set(_ quantity: ImageQuantity, _ study: Int, _ plane: ImagePlane) {
        planes[quantity, default: [:]][study] = plane
    }

    /// All images of a quantity.
    func rows(_ quantity: ImageQuantity) throws(ImageError) -> ImageRows {
        guard let known = planes[quantity] ?? (studies.isEmpty ? [:] : nil) else {
            throw .missing(study: studies[0].id, quantity: quantity)
        }
        var rows: [ImagePlane] = []
        for (index, study) in studies.enumerated() {
            guard let plane = known[index] else { throw .missing(study: study.id, quantity: quantity) }
            rows.append(plane)
        }
        return ImageRows(rows)
    }
}

/// Images of one quantity as pointers; keeps them alive.
struct ImageRows: @unchecked Sendable {
    private let planes: [ImagePlane]
    let pointers: [UnsafePointer<Float>]

    init(_ planes: [ImagePlane]) {
        self.planes = planes
        pointers = planes.map(\.values)
    }

    var count: Int { planes.count }

    subscript(_ study: Int) -> UnsafePointer<Float> { pointers[study] }

    /// The C view of the rows.
    var optionalPointers: [UnsafePointer<Float>?] { pointers }
}
