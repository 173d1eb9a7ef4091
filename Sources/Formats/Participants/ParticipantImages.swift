public import Evidence
public import Imaging

/// The images of a design's rows on one grid, each read once (twice where the first has not the grid of most).
///
/// They enter by the gate of statistic maps (one volume, in one known place); pairs of ANALYZE 7.5 are taken too, placed as SPM
/// placed them, with a warning. The analysis' grid is that of most images; others are resampled to it (trilinear), and said so.
/// NaN and exactly 0 are no value.
public struct ParticipantImages: Sendable {
    /// What the analysis looks at, before regions narrow it.
    public enum Area: Hashable, Sendable {
        /// The template's brain.
        case brain
        /// Where the template's grey matter has at least this probability.
        case greyMatter(Double)
        /// Above 0 in an image.
        case image(String)
    }

    /// What one image was.
    public struct Facts: Hashable, Sendable {
        public var row: Int
        public var path: String
        public var shape: SIMD3<Int>
        public var voxelSize: SIMD3<Double>
        /// Whether it had to be brought to the analysis' grid.
        public var isResampled: Bool
        /// Share of the mask in which it has values.
        public var coverage: Double
        /// Half of the middle half of its values: what they spread.
        public var spread: Double
    }

    public let mask: Mask
    /// By row of the design, one value per mask voxel; NaN where there is none.
    public let values: [[Float]]
    public let facts: [Facts]
    /// Images that were opened, both files of pairs.
    public let inputFiles: [String]
    public let notices: [Notice]

    package init(mask: Mask, values: [[Float]], facts: [Facts], inputFiles: [String], notices: [Notice]) {
        self.mask = mask
        self.values = values
        self.facts = facts
        self.inputFiles = inputFiles
        self.notices = notices
    }

    /// - Parameters:
    ///   - fits: is called with the mask once the first image is read, before the others are: throws where they will not fit
    ///     into memory.
    /// - Throws: `InputError` with every image that cannot be read or fails a check (``ParticipantImageChecks``); `TemplateError`.
    public init(_ design: ParticipantDesign, area: Area = .brain, fits: (Mask) throws -> Void = { _ in }) throws {
        try self.init(rows: design.rows, area: area, fits: fits)
    }

    public init(rows: [ParticipantTable.Row], area: Area = .brain, fits: (Mask) throws -> Void = { _ in }) throws {
        var reading = try Reading(rows, area: area, grid: nil, fits: fits)
        guard let grid = Self.commonest(reading.grids) else {
            throw InputError("there is no image.", remedy: "Name images in the table.")
        }
        // Of most studies the first image has the grid of most. Else all are brought to that grid, from their files.
        if reading.mask?.grid.matches(grid) != true {
            reading = try Reading(rows, area: area, grid: grid, fits: { _ in })
        }
        guard let mask = reading.mask else {
            throw InputError("there is no image.", remedy: "Name images in the table.")
        }
        if case .image(let path) = area { reading.files += ImageFileName.files(of: path) }
        let checks = ParticipantImageChecks(
            rows: rows, values: reading.values, facts: reading.facts, turnedNotices: reading.turned, mask: mask,
            intents: reading.intents, isBrain: area != .brain ? nil : true)
        let notices = reading.opening + reading.resampling + (try checks.notices())
        self.init(
            mask: mask, values: reading.values, facts: reading.facts, inputFiles: reading.files, notices: notices)
    }

    /// Images one after the other: of each only what the mask holds is kept, so that memory grows with the mask.
    private struct Reading {
        var mask: Mask?
        var grids: [Grid] = []
        var values: [[Float]] = []
        var facts: [Facts] = []
        var intents: [Intent] = []
        var turned: [Notice?] = []
        var files: [String] = []
        /// Of images as files, then of their grids.
        var opening: [Notice] = []
        var resampling: [Notice] = []

        /// - Parameter grid: that of the analysis; nil: the first image's.
        init(_ rows: [ParticipantTable.Row], area: Area, grid: Grid?, fits: (Mask) throws -> Void) throws {
            var errors = ErrorCollector()
            for (n, row) in rows.enumerated() where !errors.isFull {
                guard let path = row.image else {
                    errors.add(
                        InputError(
                            at: row.source, "\(row.subject) has no image.", remedy: "Write its path in the table."))
                    continue
                }
                files += ImageFileName.files(of: path)
                var told: [Notice] = []
                let one = errors.attempt { () throws(InputError) in try Opened(n, path, row, &told) }
                opening += told
                guard let one else { continue }
                if mask == nil {
                    let made = try ParticipantImages.mask(area, on: grid ?? one.volume.grid)
                    mask = made
                    try fits(made)
                }
                if let mask { add(one, mask, isBrain: area == .brain) }
            }
            errors.attempt { () throws(InputError) in try ParticipantImages.checkRepeated(rows) }
            try errors.finish()
        }

        private mutating func add(_ one: Opened, _ mask: Mask, isBrain: Bool) {
            let own = one.volume.grid
            let isResampled = !own.matches(mask.grid)
            if isResampled {
                resampling.append(
                    Notice(
                        .warning, code: "image-resampled", at: one.row.source,
                        "\(one.path) has a grid of its own (\(MapFacts.words(own.affine.voxelSize)), \(own.shape.x) × \(own.shape.y) × \(own.shape.z)) and is resampled to that of the others (\(MapFacts.words(mask.grid.affine.voxelSize))), trilinear.",
                        remedy:
                            "Images of one study should be made on one grid: differences in smoothness look like differences between people."
                    ))
            }
            let brought = mask.values(of: one.volume).map { $0 == 0 ? Float.nan : $0 }
            let present = brought.filter { !$0.isNaN }.sorted()
            grids.append(own)
            facts.append(
                Facts(
                    row: one.number, path: one.path, shape: own.shape, voxelSize: own.affine.voxelSize,
                    isResampled: isResampled, coverage: Double(present.count) / Double(max(mask.count, 1)),
                    spread: ParticipantImages.spread(present)))
            values.append(brought)
            intents.append(one.intent)
            turned.append(
                isBrain ? ParticipantImageChecks.turned(one.volume, path: one.path, in: mask, at: one.row.source) : nil)
        }
    }

    /// An image that came through the gate.
    private struct Opened {
        var number: Int
        var path: String
        var row: ParticipantTable.Row
        var volume: Volume
        var intent: Intent

        init(
            _ number: Int, _ path: String, _ row: ParticipantTable.Row, _ notices: inout [Notice]
        ) throws(InputError) {
            let place = row.source
            do {
                let (image, isAnalyze) = try NIfTIImage.readingAnalyze(path)
                if isAnalyze {
                    if number == 0 {
                        notices.append(
                            Notice(
                                .warning, code: "image-analyze", at: place,
                                "\(path) is ANALYZE 7.5 (as SPM99 and SPM2 wrote), which does not say left from right; it is placed as SPM did: x stored from right to left, origin by its header.",
                                remedy:
                                    "Hold a lateralised finding against an image whose side you know; converting to NIfTI makes it sure."
                            ))
                    }
                    guard image.count == 1 else {
                        throw InputError(
                            at: place, "\(path) holds \(image.count) volumes; one was expected.",
                            remedy: "Extract the volume of the contrast.")
                    }
                } else {
                    try StatisticMapGate().check(image, path: path, at: place)
                    notices += StatisticMapGate.notices(of: image, path: path, at: place)
                }
                let volume = image.volume(0)
                guard !volume.values.contains(where: \.isInfinite) else {
                    throw InputError(
                        at: place, "\(path) is infinite at some voxels.",
                        remedy: "Write NaN where there is no data, and look at why it became infinite.")
                }
                (self.number, self.path, self.row, self.volume, intent) = (number, path, row, volume, image.intent)
            } catch let error as InputError {
                throw error
            } catch {
                throw InputError(at: place, "\(row.subject): \(error)")
            }
        }
    }

    /// One file for two rows is a slip of the table.
    private static func checkRepeated(_ rows: [ParticipantTable.Row]) throws(InputError) {
        var seen: [String: ParticipantTable.Row] = [:]
        var errors = ErrorCollector()
        for row in rows {
            guard let path = row.image, let other = seen.updateValue(row, forKey: path) else { continue }
            let line = other.source.line.map { "in line \($0)" } ?? "for \(other.subject)"
            errors.add(
                InputError(
                    at: row.source, "the image \(path) stands \(line) already (\(other.subject)).",
                    remedy: "Correct the path: each person and session has an image of its own."))
        }
        try errors.finish()
    }

    /// The grid that most images have; of equals the first.
    private static func commonest(_ grids: [Grid]) -> Grid? {
        var kinds: [(grid: Grid, count: Int)] = []
        for grid in grids {
            if let known = kinds.firstIndex(where: { $0.grid.matches(grid) }) {
                kinds[known].count += 1
            } else {
                kinds.append((grid, 1))
            }
        }
        return kinds.max { $0.count < $1.count }?.grid
    }

    private static func mask(_ area: Area, on grid: Grid) throws -> Mask {
        switch area {
        case .brain:
            return Mask(try Templates.load(.brainMask).resampled(to: grid), above: 0.5)
        case .greyMatter(let least):
            let grey = try Templates.load(.greyMatter).resampled(to: grid)
            return Mask(grid: grid) { grey.values[$0] >= Float(least) }
        case .image(let path):
            let image = try StatisticMapGate().open(path)
            let volume = image.volume(0).resampled(to: grid)
            let mask = Mask(volume, above: 0.5)
            guard mask.count > 0 else {
                throw InputError(
                    at: SourceLocation(file: path), "the mask has no voxel above 0.5 on the grid of the images.",
                    remedy: "Give an image that is 1 inside and 0 outside, in the space of the images.")
            }
            return mask
        }
    }

    private static func spread(_ sorted: [Float]) -> Double {
        guard sorted.count > 3 else { return 0 }
        return Double(sorted[sorted.count * 3 / 4] - sorted[sorted.count / 4]) / 2
    }

    // MARK: - Use

    /// The same images at fewer voxels.
    /// - Parameter positions: in the mask, ascending.
    public func restricted(to positions: [Int32]) -> ParticipantImages {
        let grid = mask.grid
        var isKept = [Bool](repeating: false, count: grid.count)
        for position in positions { isKept[Int(mask.voxels[Int(position)])] = true }
        return ParticipantImages(
            mask: Mask(grid: grid) { isKept[$0] }, values: values.map { row in positions.map { row[Int($0)] } },
            facts: facts, inputFiles: inputFiles, notices: notices)
    }

    /// One map per unit of the design: an image, or a difference of images; NaN where one of them has no value.
    public func units(of design: ParticipantDesign) -> [[Float]] {
        design.units.map { unit in
            if unit.terms.count == 1, let term = unit.terms.first, term.weight == 1 { return values[term.row] }
            var sum = [Float](repeating: 0, count: mask.count)
            for term in unit.terms {
                let (row, weight) = (values[term.row], Float(term.weight))
                for voxel in sum.indices { sum[voxel] += weight * row[voxel] }
            }
            return sum
        }
    }
}
