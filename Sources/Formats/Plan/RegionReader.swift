import Evidence

/// Reads `regions:` of a plan.
///
///     regions:
///       - {name: dlPFC, atlas: AAL, labels: [Frontal_Mid_L, Frontal_Mid_R], direction: increase, group: control}
///       - {name: amygdala, sphere: [[-22, -4, -18], [22, -4, -18]], radius: 8, direction: decrease}
///       - {name: seed, mask: masks/seed.nii.gz, direction: either, bayes: {prior_scale: 0.3}}
struct RegionReader {
    /// Where mask files are looked for.
    let folder: String
    /// σ of regions that state none.
    let priorScale: Double

    private static let keys = ["name", "atlas", "labels", "sphere", "radius", "mask", "direction", "group", "bayes"]

    func list(_ node: PlanNode) throws(InputError) -> [RegionHypothesis] {
        if node.isEmpty { return [] }
        guard let items = node.list else {
            throw InputError(
                at: node.source, "regions should be a list.",
                remedy: "Write - {name: ..., sphere: [x, y, z], radius: ..., direction: increase} per region.")
        }
        var regions: [RegionHypothesis] = []
        for item in items {
            let region = try read(item)
            if regions.contains(where: { $0.name == region.name }) {
                throw InputError(
                    at: item.source, "region \"\(region.name)\" stands twice.", remedy: "Give each its own name.")
            }
            regions.append(region)
        }
        return regions
    }

    /// Reads `bayes: {prior_scale: 0.3}`.
    static func priorScale(_ node: PlanNode) throws(InputError) -> Double {
        for (_, value) in try node.entries(known: ["prior_scale"], of: "bayes") {
            let scale = try value.number("prior_scale")
            guard scale >= 0.01, scale <= 10 else {
                throw InputError(
                    at: value.source,
                    "prior_scale is \(NumberText.text(scale)); a number from 0.01 to 10 was expected.",
                    remedy: "It is the size of effect (Hedges' g) that is likely if there is one, such as 0.5.")
            }
            return scale
        }
        throw InputError(at: node.source, "bayes is empty.", remedy: "Write bayes: {prior_scale: 0.5}.")
    }

    private func read(_ node: PlanNode) throws(InputError) -> RegionHypothesis {
        let entries = try node.entries(known: Self.keys, of: "a region")
        func value(_ key: String) -> PlanNode? { entries.first { $0.key.text == key }?.value }
        guard let nameNode = value("name"), !nameNode.isEmpty else {
            throw InputError(at: node.source, "the region has no name.", remedy: "Add name: dlPFC, for example.")
        }
        let name = try nameNode.text("name")
        guard let direction = value("direction") else {
            throw InputError(
                at: node.source, "region \"\(name)\" has no direction.",
                remedy: "Add direction: increase, decrease or either.")
        }
        var region = RegionHypothesis(
            name: name, extent: try extent(of: name, at: node.source, entries),
            direction: try direction.choice("direction", of: RegionHypothesis.Direction.self), priorScale: priorScale,
            source: node.source)
        if let group = value("group"), !group.isEmpty { region.group = try group.text("group") }
        if let bayes = value("bayes") { region.priorScale = try Self.priorScale(bayes) }
        return region
    }

    func extent(
        of name: String, at source: SourceLocation, _ entries: [(key: PlanNode.Key, value: PlanNode)]
    ) throws(InputError) -> RegionHypothesis.Extent {
        func value(_ key: String) -> PlanNode? { entries.first { $0.key.text == key }?.value }
        let kinds = entries.filter { ["atlas", "sphere", "mask"].contains($0.key.text) }
        guard let kind = kinds.first, kinds.count == 1 else {
            throw InputError(
                at: kinds.dropFirst().first?.key.source ?? source,
                kinds.isEmpty
                    ? "region \"\(name)\" does not say where it is."
                    : "region \"\(name)\" has both \(kinds[0].key.text) and \(kinds[1].key.text).",
                remedy: "Give one of: atlas and labels; sphere and radius; mask.")
        }
        let companion = ["atlas": "labels", "sphere": "radius"]
        for key in ["labels", "radius"] where companion[kind.key.text] != key {
            if let stray = entries.first(where: { $0.key.text == key }) {
                throw InputError(
                    at: stray.key.source, "\(key) of region \"\(name)\" does not belong to \(kind.key.text).",
                    remedy: "Remove it.")
            }
        }
        switch kind.key.text {
        case "atlas":
            guard let node = value("labels"), !node.isEmpty else {
                throw InputError(
                    at: source, "region \"\(name)\" has no labels.", remedy: "Add labels: [Amygdala_L, Amygdala_R].")
            }
            var labels: [RegionHypothesis.Label] = []
            for item in node.list ?? [node] {
                labels.append(RegionHypothesis.Label(try item.text("a label"), source: item.source))
            }
            guard !labels.isEmpty else { throw InputError(at: node.source, "labels is empty.") }
            return .atlas(name: try kind.value.text("atlas"), labels: labels)
        case "sphere":
            guard let node = value("radius") else {
                throw InputError(at: source, "region \"\(name)\" has no radius.", remedy: "Add radius: 10 (mm).")
            }
            let radius = try node.number("radius")
            guard radius > 0, radius <= 100 else {
                throw InputError(
                    at: node.source, "radius is \(NumberText.text(radius)); above 0 and at most 100 mm was expected.")
            }
            return .spheres(centres: try centres(kind.value), radius: radius)
        default:
            return .mask(path: Path.absolute(try kind.value.text("mask"), in: folder))
        }
    }

    /// `[x, y, z]`, or a list of such.
    private func centres(_ node: PlanNode) throws(InputError) -> [SIMD3<Double>] {
        let expected = InputError(
            at: node.source, "sphere should be a coordinate in MNI mm, or a list of them.",
            remedy: "Write sphere: [0, 24, 30] or sphere: [[-22, -4, -18], [22, -4, -18]].")
        guard let list = node.list, let first = list.first else { throw expected }
        var centres: [SIMD3<Double>] = []
        for centre in first.list == nil ? [node] : list {
            guard let numbers = centre.list, numbers.count == 3 else { throw expected }
            let point = SIMD3(try numbers[0].number("x"), try numbers[1].number("y"), try numbers[2].number("z"))
            guard (0..<3).allSatisfy({ abs(point[$0]) <= 300 }) else {
                throw InputError(at: centre.source, "the centre is not in the head.", remedy: "Give MNI mm.")
            }
            centres.append(point)
        }
        return centres
    }
}
