import Imaging

/// A file name of the Brain Imaging Data Structure: `sub-01_ses-pre_task-faces_contrast-fear_stat-effect_statmap.nii.gz`.
///
/// Source: Brain Imaging Data Structure 1.10.0, *Filenames*.
struct BIDSName: Hashable, Sendable {
    /// In the order of the name.
    let entities: [(key: String, label: String)]
    /// The last part, which has no dash.
    let suffix: String

    /// - Returns: nil for names that are no image of a subject.
    init?(_ name: String) {
        guard let image = ImageFileName(name) else { return nil }
        var parts = image.stem.split(separator: "_", omittingEmptySubsequences: false).map(String.init)
        guard let suffix = parts.popLast(), !suffix.contains("-") else { return nil }
        var entities: [(key: String, label: String)] = []
        for part in parts {
            let halves = part.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard halves.count == 2, !halves[0].isEmpty, !halves[1].isEmpty else { return nil }
            entities.append((halves[0], halves[1]))
        }
        guard entities.first?.key == "sub" else { return nil }
        self.entities = entities
        self.suffix = suffix
    }

    /// Of an entity, or of `suffix`.
    subscript(_ key: String) -> String? {
        key == "suffix" ? suffix : entities.first { $0.key == key }?.label
    }

    /// `sub-01` and `01` are the same person.
    static func withoutPrefix(_ label: String, _ prefix: String) -> String {
        label.hasPrefix(prefix + "-") ? String(label.dropFirst(prefix.count + 1)) : label
    }

    static func == (a: BIDSName, b: BIDSName) -> Bool {
        a.suffix == b.suffix && a.entities.elementsEqual(b.entities) { $0.key == $1.key && $0.label == $1.label }
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(suffix)
        for (key, label) in entities {
            hasher.combine(key)
            hasher.combine(label)
        }
    }
}
