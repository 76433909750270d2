// The page of connected apps: what each may do, what it did, and how to change or end it. Routes: apps_routes.tsx.
import type { Grant } from "../../oauth/grants/grant.ts";
import type { GrantUse } from "../../oauth/grants/grant_uses.ts";
import { AccessControl, type AccessControlProps } from "../access/access_control.tsx";
import type { AccessFields, AccessOffer } from "../access/access_fields.ts";
import { COUNT_SCRIPT_PATH } from "../access/count_script.ts";
import { Layout, type Notice, type PersonBar, type Problem } from "../layout.tsx";
import { ZONE_SCRIPT_PATH, ZoneControl, type ZoneField } from "../zone_control.tsx";
import type { ModuleGroup, PermissionWords } from "../access/permission_words.ts";
import { isHandful } from "../access/presets.ts";
import { dayWord } from "../format_values.ts";
import { type EndedApp, EndedCard } from "./ended_card.tsx";
import { Folded } from "./folded_list.tsx";
import { SeeActivity } from "./see_activity.tsx";

/** The page, with a card for each connected app. */
export function AppsPage(props: AppsProps) {
  const { words, form, bar, email, apps, ended, problems = [] } = props;
  return (
    <Layout
      title="Connected apps"
      problems={problems}
      notice={props.isUnanswered ? UNANSWERED : undefined}
      bar={bar}
      scripts={apps.some(({ count }) => count !== undefined)
        ? [ZONE_SCRIPT_PATH, COUNT_SCRIPT_PATH]
        : [ZONE_SCRIPT_PATH]}
    >
      <p class="soft">Signed in as {email}</p>
      {props.waiting === 0 ? null : (
        <p>
          <a href="/approvals">
            {props.waiting === 1 ? "1 request waits" : `${props.waiting} requests wait`} for your answer
          </a>
        </p>
      )}
      {props.isLeaving
        ? (
          <p>
            A session at your account service should have ended, but the service has not confirmed it yet. We
            try again by ourselves. No app can use that session any more.
          </p>
        )
        : null}
      {apps.length === 0
        ? (
          <>
            <p>No app is connected. An app that wants to work with your Mana data has to ask you first.</p>
            <p class="next">
              <a href={props.connectUrl}>See how to connect an app</a>
            </p>
          </>
        )
        : (
          <p>
            These apps can work with your Mana data. You can give them more or less at any time; it holds
            within seconds. What an app has already seen, it may have kept.
          </p>
        )}
      {apps.map((app) => <AppCard key={app.grant.id} {...app} form={form} words={words} />)}
      {ended.map((app) => <EndedCard key={app.id} {...app} />)}
      {apps.length === 0 ? null : <ZoneForm {...props} />}
    </Layout>
  );
}

const UNANSWERED: Notice = {
  title: "Your account service does not answer",
  text:
    "You can disconnect apps. To see the names of your spaces and to change what apps may do, load this page " +
    "again in a minute.",
};

/** A connected app, as its card shows it. */
export interface ConnectedApp extends Pick<AccessControlProps, "records" | "count"> {
  readonly grant: Grant;
  readonly name: string;
  readonly place: string;
  /** The key of the app, for the pages of what it did; `undefined`: there are none. */
  readonly activity: string | undefined;
  readonly uses: readonly GrantUse[];
  /** Names of the spaces it is limited to; empty: all. */
  readonly spaces: readonly string[];
  /** What it is narrowed to, in lines. */
  readonly narrowed: readonly string[];
  /** `undefined`: nothing can be chosen now. */
  readonly offer: AccessOffer | undefined;
  /** The ticks: of the grant, or those that the person just sent. */
  readonly chosen: AccessFields | undefined;
  /** Whether the choice is unfolded. */
  readonly isOpen: boolean;
}

/** What the page of connected apps shows. */
export interface AppsProps {
  readonly words: PermissionWords;
  readonly form: string;
  readonly bar: PersonBar;
  readonly email: string;
  readonly apps: readonly ConnectedApp[];
  readonly ended: readonly EndedApp[];
  /** Whether a session at the auth service was to be ended and could not be ended yet. */
  readonly isLeaving: boolean;
  /** Whether the auth service did not answer, so that spaces are not known. */
  readonly isUnanswered: boolean;
  /** How many requests wait for the person's answer, as far as is known. */
  readonly waiting: number;
  readonly zone: ZoneField;
  /** The gateway's own page, which says how each app is connected. */
  readonly connectUrl: string;
  readonly problems?: readonly Problem[];
}

function ZoneForm({ form, zone, apps }: AppsProps) {
  const isOne = new Set(apps.map(({ grant }) => grant.zoneinfo)).size === 1;
  return (
    <form method="post" action="/apps">
      <input type="hidden" name="form" value={form} />
      <ZoneControl
        chosen={zone}
        hint={"So that “today” is your today when an app asks. Type your city, or leave it empty. " +
          (isOne
            ? "It is for all your apps."
            : "Your apps have different ones now; this one will be for all.")}
      />
      <button type="submit" class="second">Save the time zone</button>
    </form>
  );
}

function AppCard(props: CardProps) {
  const title = `app-${props.grant.id}`;
  return (
    <article aria-labelledby={title}>
      <h2 id={title}>{props.name}</h2>
      <AppFacts {...props} />
      <AppForm {...props} />
    </article>
  );
}

type CardProps = ConnectedApp & Pick<AppsProps, "form" | "words">;

function AppFacts({ grant, name, place, activity, uses, spaces, words }: CardProps) {
  // A refused call does not count as use of a module, but the app was there.
  const last = Math.max(grant.lastUsedAt ?? 0, ...uses.map(({ lastUsedAt }) => lastUsedAt));
  return (
    <dl>
      <dt>It is at</dt>
      <dd>{place}</dd>
      <dt>Connected</dt>
      <dd>
        {dayWord(grant.createdAt)},{" "}
        {grant.expiresAt === undefined ? "until you take it back" : `until ${dayWord(grant.expiresAt)}`}
      </dd>
      <dt>Last used</dt>
      <dd>{last === 0 ? "never" : dayWord(last)}</dd>
      <dt>What it did</dt>
      <dd>
        {uses.length === 0 ? "nothing yet" : (
          <Folded
            lines={uses.map(({ module, access, count }) => words.use(module, access, count))}
            summary={`${uses.length} kinds of things`}
          />
        )}
        <SeeActivity name={name} activity={activity} />
      </dd>
      <dt>Spaces</dt>
      <dd>{spaces.length === 0 ? "all your spaces" : spaces.join(", ")}</dd>
    </dl>
  );
}

function AppForm(
  { grant, name, narrowed, offer, chosen, records, count, isOpen, form, words }: CardProps,
) {
  const canChange = grant.permissions.some((permission) => !permission.endsWith(":read"));
  const canSee = grant.permissions.some((permission) => permission.endsWith(":read"));
  return (
    <form method="post" action="/apps">
      <input type="hidden" name="form" value={form} />
      <input type="hidden" name="grant" value={grant.id} />
      <input type="hidden" name="revision" value={grant.revision} />
      <h3>What it may do</h3>
      <GrantedPermissions permissions={grant.permissions} words={words} />
      {narrowed.length === 0 ? null : (
        <>
          <h3>What it may see of that</h3>
          <Folded lines={narrowed} summary={`less than everything (${narrowed.length})`} />
        </>
      )}
      {offer === undefined || chosen === undefined ? null : (
        <details open={isOpen}>
          <summary>Change what it may do</summary>
          <AccessControl
            offer={offer}
            words={words}
            chosen={chosen}
            prefix={`${grant.id}-`}
            hint="Tick what it may do from now on. It can be more or less than today."
            records={records}
            count={count}
            action="/apps"
          />
          <p class="buttons">
            <button type="submit" name="save" value="yes" aria-label={`Save for ${name}`}>Save</button>
          </p>
        </details>
      )}
      <p class="buttons">
        {canChange && canSee
          ? <button type="submit" name="only" value="read" class="second">Let it only look</button>
          : null}
        <button type="submit" name="end" value="yes" class="bad" aria-label={`Disconnect ${name}`}>
          Disconnect
        </button>
      </p>
    </form>
  );
}

/** What an app may do: a line for each module, and a fold for each group where these are many. */
function GrantedPermissions(
  { permissions, words }: Pick<Grant, "permissions"> & Pick<CardProps, "words">,
) {
  const groups = words.byGroup(permissions);
  const linesOf = ({ modules }: ModuleGroup) =>
    modules.map((module) => words.permissions(module.permissions));
  if (isHandful(permissions)) return <Folded lines={groups.flatMap(linesOf)} summary="" />;
  return (
    <>
      {groups.map((group) => (
        <details key={group.group.name}>
          <summary>{`${group.group.name} (${group.modules.length})`}</summary>
          <ul>{linesOf(group).map((line) => <li key={line}>{line}</li>)}</ul>
        </details>
      ))}
    </>
  );
}
