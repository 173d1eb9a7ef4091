import Cuneus

/// Opens every image that the models will need, so that a broken one is told before the work, not in the middle of it.
enum ImageChecks {
    static func notices(
        _ project: Project, _ plans: [ModelPlan], brainMask: Mask, overrides: [SettingAssignment] = []
    ) -> [Notice] {
        look(project, plans, brainMask: brainMask, overrides: overrides, reportsMaps: false).notices
    }

    /// - Parameters:
    ///   - overrides: settings of the command line; maps are looked at where a method takes them.
    ///   - reportsMaps: whether a line and a picture are made of every map, as the first model that takes it sees it.
    static func look(
        _ project: Project, _ plans: [ModelPlan], brainMask: Mask, overrides: [SettingAssignment], reportsMaps: Bool
    ) -> (notices: [Notice], maps: [ReportedMap]) {
        var notices: [Notice] = []
        var maps: [String: ReportedMap] = [:]
        for look in looks(project, plans, brainMask: brainMask, overrides: overrides) {
            for experiment in look.experiments {
                guard case .map(let map) = experiment.report, experiment.n1 > 0, experiment.degreesOfFreedom > 0 else {
                    continue
                }
                var odd: [Notice] = []
                let errors = problems {
                    let loaded = try StatisticMapLoader.read(map, of: experiment, mask: look.mask)
                    odd = loaded.notices
                    guard reportsMaps, maps[experiment.id] == nil else { return }
                    maps[experiment.id] = ReportedMap(
                        experiment: experiment.id, facts: loaded.facts,
                        thumbnail: MapThumbnail(values: loaded.effects, mask: look.mask))
                }
                // Models of several masks find the same things in a map.
                for notice in errors + odd where !notices.contains(notice) { notices.append(notice) }
            }
        }
        for plan in plans {
            guard case .file(let path) = (try? project.settings(of: plan))?.mask else { continue }
            notices += problems { _ = try StatisticMapGate(.placement).open(path) }
        }
        for path in places(project) { notices += problems { _ = try Place.image(path, in: brainMask) } }
        for atlas in project.atlases {
            notices += problems { _ = try LabelAtlas(image: atlas.image, table: atlas.labels) }
        }
        return (notices, project.experiments.compactMap { maps[$0.id] })
    }

    /// Images that say where: what experiments looked at, and regions of the plan.
    private static func places(_ project: Project) -> [String] {
        let regions = project.regions.compactMap { region -> String? in
            if case .mask(let path) = region.extent, Path.exists(path) { path } else { nil }
        }
        var seen: Set<String> = []
        return (project.experiments.compactMap(\.coverage?.path) + regions).filter { seen.insert($0).inserted }
    }

    /// Maps and the mask over which they are judged.
    private struct Look {
        let mask: Mask
        var experiments: [Experiment]
    }

    /// What each model will look at: a map of grey matter is whole for a mask of grey matter. Models of one mask share a look.
    private static func looks(
        _ project: Project, _ plans: [ModelPlan], brainMask: Mask, overrides: [SettingAssignment]
    ) -> [Look] {
        struct Place: Hashable {
            let mask: Settings.MaskChoice
            let voxelSize: Double
        }
        var order: [Place?] = []
        var ids: [Place?: Set<String>] = [:]
        for plan in plans {
            let settings = try? project.settings(of: plan, overrides: overrides)
            if let settings, !settings.methods.contains(where: { $0.family == .effects || $0.family == .images }) {
                continue
            }
            // What cannot be read here is told by other checks; the maps are looked at all the same.
            let place = settings.map { Place(mask: $0.mask, voxelSize: $0.voxelSize) }
            let experiments =
                settings.flatMap { try? project.experiments(of: plan, settings: $0) } ?? project.experiments
            if ids[place] == nil { order.append(place) }
            ids[place, default: []].formUnion(experiments.map(\.id))
        }
        return order.map { place in
            let used = ids[place] ?? []
            let experiments = project.experiments.filter { $0.hasMap && used.contains($0.id) }
            let mask =
                experiments.isEmpty ? nil : place.flatMap { try? AnalysisSpace.mask($0.mask, voxelSize: $0.voxelSize) }
            return Look(mask: mask ?? brainMask, experiments: experiments)
        }
    }

    private static let code = "image-unusable"

    private static func problems(_ work: () throws -> Void) -> [Notice] {
        do {
            try work()
            return []
        } catch let error as InputError {
            return [Notice(.error, code: code, at: error.location, error.message, remedy: error.remedy)]
        } catch let error as NIfTIError {
            let field = error.field.map { "\($0): " } ?? ""
            return [
                Notice(
                    .error, code: code, at: SourceLocation(file: error.file),
                    "\(field)found \(error.found), expected \(error.expected).", remedy: error.remedy)
            ]
        } catch let error as AtlasError {
            return [
                Notice(
                    .error, code: code, at: SourceLocation(file: error.file, line: error.line), "\(error.message).",
                    remedy: error.remedy)
            ]
        } catch {
            return [Notice(.error, code: code, "\(error)")]
        }
    }
}
